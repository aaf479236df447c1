using System.Reflection;
using System.Runtime.CompilerServices;
using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.Loader;
using ArchUnitNET.NUnit;
using Bridge.Application.Abstractions;
using Bridge.Application.Bridging;
using Bridge.Domain.Calls;
using Bridge.Simulator.Caller;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Assembly = System.Reflection.Assembly;

namespace Bridge.Api.Tests;

/// <summary>The rules of the house that a test can hold. Each was broken once by hand and seen to fail.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly Domain = typeof(Call).Assembly;
    private static readonly Assembly Application = typeof(CallBridge).Assembly;
    private static readonly Assembly Infrastructure = typeof(Infrastructure.DependencyInjection).Assembly;
    private static readonly Assembly Api = typeof(BridgeApp).Assembly;
    private static readonly Architecture House = new ArchLoader().LoadAssembliesIncludingDependencies(Domain, Application, Infrastructure, Api).Build();

    [Test]
    public void Rule_1_the_domain_refers_to_nothing_but_the_runtime() =>
        Assert.That(Domain.GetReferencedAssemblies().Select(a => a.Name), Is.All.StartsWith("System."));

    [Test]
    public void Rule_1_the_domain_has_no_async_and_no_clock()
    {
        var methods = Domain.GetTypes().SelectMany(t => t.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static));
        Assert.That(methods.Where(m => m.IsDefined(typeof(AsyncStateMachineAttribute)) || typeof(Task).IsAssignableFrom(m.ReturnType)), Is.Empty);
        In(Domain).Should().NotDependOnAny(
            typeof(DateTime), typeof(DateTimeOffset), typeof(TimeProvider), typeof(System.Diagnostics.Stopwatch), typeof(Environment), typeof(Timer)).Check(House);
    }

    [Test]
    public void Rule_2_dependencies_point_inward()
    {
        Assert.That(References(Application), Is.EqualTo(new[] { "Bridge.Domain" }));
        Assert.That(References(Infrastructure), Is.SubsetOf(new[] { "Bridge.Application", "Bridge.Domain" }));
        Assert.That(References(Domain), Is.Empty);
    }

    [Test]
    public void Rule_2_adapters_are_internal_and_sealed()
    {
        var adapters = Infrastructure.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false }
            && (t.IsAssignableTo(typeof(IRealtimeClient)) || t.IsAssignableTo(typeof(IRealtimeSession)) || t.IsAssignableTo(typeof(ITwilioMediaSocket)))).ToList();
        Assert.That(adapters, Has.Count.GreaterThanOrEqualTo(5));
        Assert.That(adapters, Is.All.Matches<System.Type>(t => t is { IsNotPublic: true, IsSealed: true }));
        Assert.That(Infrastructure.GetExportedTypes().Select(t => t.Name), Is.EquivalentTo(new[] { "DependencyInjection", "FramePace", "SocketStream", "TwilioMediaSocketFactory", "TwilioRequestSignature" }));
    }

    [Test]
    public void Only_the_api_knows_the_logging_library()
    {
        foreach (var inner in new[] { Domain, Application, Infrastructure })
            Assert.That(inner.GetReferencedAssemblies().Select(a => a.Name), Has.None.StartsWith("Serilog"));
    }

    [Test]
    public void Rule_4_no_mediator_and_no_validator_on_the_frame_path()
    {
        foreach (var assembly in new[] { Domain, Infrastructure })
            Assert.That(assembly.GetReferencedAssemblies().Select(a => a.Name), Has.None.EqualTo("MediatR"));
        foreach (var onThePath in new[] { "CallerToModelPump", "ModelToCallerPump", "ModelConversation", "CallerAudioSender", "AudioBatch", "UplinkBatching", "WaitingAudio", "InactivityPadding", "CallInProgress" })
        {
            Assert.That(Application.GetType($"Bridge.Application.Bridging.{onThePath}"), Is.Not.Null, onThePath);
            Types().That().ResideInNamespace("Bridge.Application.Bridging").And().HaveNameStartingWith(onThePath)
                .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching("^(MediatR|FluentValidation)")).Check(House);
        }
    }

    [Test]
    public void Rule_4_the_readers_and_writers_do_not_log()
    {
        foreach (var type in Infrastructure.GetTypes().Where(t => t.Name.EndsWith("Reader", StringComparison.Ordinal) || t.Name.EndsWith("Writer", StringComparison.Ordinal)))
            Types().That().HaveFullName(type.FullName!).Should().NotDependOnAny(Types().That().ResideInNamespaceMatching("^Microsoft.Extensions.Logging")).Check(House);
    }

    [Test]
    public void Rule_11_a_providers_words_do_not_leave_its_folder()
    {
        var folders = Infrastructure.GetTypes().Select(t => t.Namespace ?? "").Where(n => n.StartsWith("Bridge.Infrastructure.Realtime.", StringComparison.Ordinal)).Distinct().ToList();
        Assert.That(folders, Has.Count.GreaterThanOrEqualTo(2));
        foreach (var folder in folders)
        {
            Types().That().ResideInNamespaceMatching("^Bridge\\.").And().DoNotResideInNamespace(folder)
                .And().DoNotHaveFullName("Bridge.Infrastructure.DependencyInjection")
                .Should().NotDependOnAny(Types().That().ResideInNamespace(folder)).Check(House);
        }
    }

    [Test]
    public void The_simulator_shares_nothing_with_the_product() =>
        Assert.That(References(typeof(FakeCaller).Assembly), Is.Empty);

    private static IEnumerable<string> References(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("Bridge.", StringComparison.Ordinal)).Order();

    private static GivenTypesConjunction In(Assembly assembly) => Types().That().ResideInAssembly(assembly);
}
