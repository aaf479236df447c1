using System.Diagnostics.Metrics;
using System.Globalization;
using Bridge.Api.Tests.Security;
using Bridge.Api.WarmUp;
using Bridge.Application.Abstractions;
using Bridge.Application.Sessions;
using Bridge.Simulator.Commands;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bridge.Api.Tests.WarmUp;

/// <summary>The rehearsal is a whole call, and the service it is played for knows nothing of it.</summary>
[CancelAfter(30_000)]
public sealed class RehearsalTests
{
    /// <summary>Whether a line is the warm-up's own.</summary>
    private const string Own = "Warmed up in";

    [Test]
    public async Task It_is_a_whole_call_with_every_provider([Values] bool isEcho, CancellationToken cancel)
    {
        using var rehearsals = new RehearsedCalls();
        await using var bridge = isEcho
            ? await BridgeHost.StartEchoAsync(customize: builder => builder.Services.AddWarmUp()).WaitAsync(cancel)
            : await BridgeHost.StartGuardedAsync(customize: builder => builder.Services.AddWarmUp()).WaitAsync(cancel);

        Assert.That(bridge.Logs.Lines.Where(l => l.Contains("The warm-up failed", StringComparison.Ordinal)), Is.Empty);
        Assert.That(rehearsals.Reasons, Has.Some.EqualTo("CallerHungUp"));
        Assert.That(rehearsals.Interruptions, Is.Positive);
    }

    [Test]
    public async Task A_provider_without_a_stand_in_is_not_dialled_for_it(CancellationToken cancel)
    {
        using var rehearsals = new RehearsedCalls();
        await using var bridge = await BridgeHost.StartGuardedAsync(customize: builder =>
        {
            builder.Services.RemoveAllKeyed<IStandInModel>("openai");
            builder.Services.AddWarmUp();
        }).WaitAsync(cancel);

        Assert.That(bridge.Logs.Lines, Has.Some.Contains(Own));
        Assert.That(rehearsals.Reasons, Has.Some.EqualTo("CallerHungUp"));
        Assert.That(bridge.Model.Dials, Is.Empty);
    }

    [Test]
    public async Task It_leaves_no_trace(CancellationToken cancel)
    {
        await using var cold = await BridgeHost.StartGuardedAsync();
        await using var bridge = await BridgeHost.StartGuardedAsync(customize: builder => builder.Services.AddWarmUp()).WaitAsync(cancel);

        bridge.NobodyGotIn();
        Assert.That(bridge.Registry().HalfOpen, Is.Zero);
        Assert.That(bridge.Services.GetRequiredService<ModelCircuit>().IsOpen, Is.False);
        Assert.That(bridge.Canaries.Measured.Where(m => m.Instrument.StartsWith("bridge.", StringComparison.Ordinal) || m.Instrument.StartsWith("http.", StringComparison.Ordinal)), Is.Empty);
        Assert.That(TemplatesOf(bridge).Where(t => !t.StartsWith(Own, StringComparison.Ordinal)), Is.EqualTo(TemplatesOf(cold)));
    }

    [Test]
    public async Task It_counts_towards_no_limit(CancellationToken cancel)
    {
        var variables = new Dictionary<string, string> { ["MAX_CONCURRENT_CALLS"] = "1", ["MAX_CALL_SETUPS_PER_SECOND"] = "1", ["MAX_CALLS_PER_NUMBER"] = "1", ["MAX_CALLS_PER_NUMBER_PER_HOUR"] = "1" };
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: variables, customize: builder => builder.Services.AddWarmUp()).WaitAsync(cancel);

        await using var stream = await bridge.BeginAsync(await bridge.PlaceAsync(cancel), cancel);
        await bridge.Model.WaitUntilAsync(model => model.OpenSockets == 1, cancel);
    }

    [TestCase("https://bridge.test", "Production")]
    [TestCase("https://bridge.test:8443/voice/", "Production")]
    [TestCase("https://bridge.test", "Development")]
    public async Task The_first_signed_webhook_after_it_is_answered(string publicUrl, string environment, CancellationToken cancel)
    {
        var variables = new Dictionary<string, string> { ["PUBLIC_BASE_URL"] = publicUrl, ["ASPNETCORE_ENVIRONMENT"] = environment };
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: variables, customize: builder => builder.Services.AddWarmUp()).WaitAsync(cancel);
        var target = new Uri(publicUrl).AbsolutePath.TrimEnd('/') + "/incoming-call";

        Assert.That(await bridge.StatusAsync(bridge.Genuine(bridge.Form(), target), cancel), Is.EqualTo(200));
        Assert.That(bridge.Logs.Lines, Has.Some.Contains(Own));
    }

    [Test]
    public async Task The_service_that_is_run_warms_up(CancellationToken cancel)
    {
        await using var bridge = await BridgeProcess.StartAsync(new Uri("ws://127.0.0.1:9/"), verbose: false, cancel);

        Assert.That(bridge.Lines, Has.Some.Contains(Own));
    }

    [Test]
    public async Task Endpoints_that_the_owner_configured_are_the_services_alone(CancellationToken cancel)
    {
        var port = BridgeProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        var variables = new Dictionary<string, string> { ["PORT"] = port, ["Kestrel__Endpoints__Http__Url"] = $"http://127.0.0.1:{port}" };
        await using var bridge = await BridgeProcess.StartAsync(new Uri("ws://127.0.0.1:9/"), variables, verbose: false, cancel);
        await bridge.SignalAsync("TERM");
        await bridge.Exited.WaitAsync(cancel);

        Assert.That(bridge.Lines, Has.Some.Contains(Own).And.None.Contains("The warm-up failed"));
    }

    private static IEnumerable<string> TemplatesOf(BridgeHost bridge) => bridge.Logs.Events.Select(e => e.MessageTemplate.Text);

    /// <summary>What rehearsals of this process measured.</summary>
    private sealed class RehearsedCalls : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly System.Collections.Concurrent.ConcurrentQueue<string?> _reasons = new();
        private int _interruptions;

        public RehearsedCalls()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "rehearsal.Bridge" && instrument.Name is "bridge.calls.ended" or "bridge.interruptions")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((instrument, count, tags, _) =>
            {
                if (instrument.Name == "bridge.interruptions")
                    Interlocked.Add(ref _interruptions, count);
                else
                    _reasons.Enqueue(tags[0].Value as string);
            });
            _listener.Start();
        }

        public IEnumerable<string?> Reasons => _reasons;

        public int Interruptions => Volatile.Read(ref _interruptions);

        public void Dispose() => _listener.Dispose();
    }
}
