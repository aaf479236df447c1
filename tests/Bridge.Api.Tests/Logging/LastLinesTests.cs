using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Commands;
using Bridge.Simulator.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Serilog.Core;
using Serilog.Events;

namespace Bridge.Api.Tests.Logging;

/// <summary>However the process ends: the lines that say why come out if anybody takes them, and it ends if nobody does.</summary>
[CancelAfter(60_000)]
public sealed class LastLinesTests
{
    private static readonly Uri NoModel = new("ws://127.0.0.1:9/");

    [Test]
    public async Task A_service_whose_console_takes_nothing_stops_all_the_same(CancellationToken cancel)
    {
        await using var bridge = await StartAsync(NoModel, cancel);
        await bridge.SignalAsync("TERM");

        Assert.That(await bridge.Exited.WaitAsync(TimeSpan.FromSeconds(20), cancel), Is.Zero);
    }

    [Test]
    public async Task A_second_signal_ends_it_with_all_its_lines_written(CancellationToken cancel)
    {
        await using var model = await FakeRealtimeServer.StartAsync(new FakeModelOptions { Greeting = ModelAnswer.Tones(400) }, cancellationToken: cancel);
        await using var bridge = await StartAsync(model.Url, cancel);
        await using var caller = await FakeCaller.DialAsync(bridge.Caller, cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(400), cancel);
        await bridge.SignalAsync("TERM");
        await bridge.SignalAsync("TERM");

        await EndsReadAsync(bridge, 143, cancel);
        Assert.That(bridge.Lines, Has.Some.Contains("Bridge is ready").And.Some.Contains("Call ended: Draining").And.Exactly(2).EndsWith("Signal SIGTERM"));
    }

    [Test]
    public async Task A_second_signal_ends_it_though_nobody_takes_a_line(CancellationToken cancel)
    {
        await using var model = await FakeRealtimeServer.StartAsync(new FakeModelOptions { Greeting = ModelAnswer.Tones(400) }, cancellationToken: cancel);
        await using var bridge = await StartAsync(model.Url, cancel);
        await using var caller = await FakeCaller.DialAsync(bridge.Caller, cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(400), cancel);
        await bridge.SignalAsync("TERM");
        await bridge.SignalAsync("TERM");

        Assert.That(await bridge.Exited.WaitAsync(TimeSpan.FromSeconds(20), cancel), Is.EqualTo(143));
    }

    [Test]
    public async Task An_exception_that_nobody_catches_ends_it_with_all_its_lines_written(CancellationToken cancel)
    {
        await using var bridge = await StartAsync(NoModel, cancel, new() { ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location });
        await bridge.SignalAsync("USR1");

        await EndsReadAsync(bridge, 134, cancel);
        Assert.That(bridge.Lines, Has.Some.Contains("Nobody catches this.").And.Some.Contains("Bridge is ready"));
    }

    [Test]
    public void A_start_that_fails_disposes_of_its_log()
    {
        using var lines = new LastSink();
        var variables = new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Production", ["OPENAI_API_KEY"] = "two words" };

        Assert.That(
            () => BridgeApp.Create(variables, builder =>
            {
                builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
                builder.Services.AddSingleton<ILogEventSink>(_ => lines);
            }),
            Throws.InstanceOf<OptionsValidationException>().Or.InstanceOf<AggregateException>());
        Assert.That(lines.IsDisposed, Is.True);
    }

    private static Task<BridgeProcess> StartAsync(Uri model, CancellationToken cancel, Dictionary<string, string>? variables = null) =>
        BridgeProcess.StartAsync(model, variables ?? [], verbose: false, cancel, isUnread: true);

    /// <summary>It has a second to be gone without its lines. Then somebody takes them.</summary>
    private static async Task EndsReadAsync(BridgeProcess bridge, int exitCode, CancellationToken cancel)
    {
        await Task.WhenAny(bridge.Exited, Task.Delay(TimeSpan.FromSeconds(1), cancel));
        bridge.ReadOn();
        Assert.That(await bridge.Exited.WaitAsync(cancel), Is.EqualTo(exitCode), string.Join("; ", bridge.Lines.Skip(1)));
    }

    private sealed class LastSink : ILogEventSink, IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Emit(LogEvent logEvent)
        {
        }

        public void Dispose() => IsDisposed = true;
    }
}
