using Bridge.Application;
using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Infrastructure.Realtime.Echo;
using Bridge.Infrastructure.Realtime.OpenAI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bridge.Infrastructure.Tests;

public sealed class RegistrationTests
{
    [TestCase("openai", typeof(OpenAIRealtimeClient))]
    [TestCase("echo", typeof(EchoRealtimeClient))]
    public void Each_provider_is_found_under_its_name(string name, Type client)
    {
        using var services = Build();

        Assert.That(services.GetRequiredKeyedService<IRealtimeClient>(name), Is.TypeOf(client));
    }

    [Test]
    public void Every_registered_name_has_a_provider_and_a_wrong_name_lists_them()
    {
        using var services = Build("alexa");
        var names = services.GetServices<RealtimeProviderName>().Select(n => n.Value).ToList();

        Assert.That(names.Select(n => services.GetKeyedService<IRealtimeClient>(n)), Has.All.Not.Null);
        Assert.That(
            () => services.GetRequiredService<IOptions<BridgeOptions>>().Value,
            Throws.TypeOf<OptionsValidationException>().With.Message.Contains("echo, openai"));
    }

    private static ServiceProvider Build(string provider = "echo") =>
        new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Bridge:Provider", provider)]).Build())
            .AddLogging()
            .AddMetrics()
            .AddApplication()
            .AddInfrastructure()
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
}
