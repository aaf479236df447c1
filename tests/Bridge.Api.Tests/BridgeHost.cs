using System.Collections.Concurrent;
using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog.Core;
using Serilog.Events;

namespace Bridge.Api.Tests;

/// <summary>The real service on loopback, with the simulator at both ends. What it logs is kept.</summary>
internal sealed class BridgeHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BridgeHost(WebApplication app, FakeRealtimeServer? model, LogRecord logs, ManualClock clock) =>
        (_app, Model, Logs, Clock) = (app, model!, logs, clock);

    public FakeRealtimeServer Model { get; }

    public LogRecord Logs { get; }

    /// <summary>The time of all three, bridge, model and callers: it moves only with the caller's steps, or when a test moves it.</summary>
    public ManualClock Clock { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public Uri Webhook => new(Address, "/incoming-call");

    /// <summary>Starts a bridge whose model is a simulated one, in virtual time.</summary>
    public static async Task<BridgeHost> StartAsync(
        FakeModelOptions? model = null, Dictionary<string, string>? variables = null, Action<WebApplicationBuilder>? customize = null, ManualClock? clock = null)
    {
        clock ??= new ManualClock();
        var server = await FakeRealtimeServer.StartAsync((model ?? new()) with { Clock = clock });
        return await StartAsync(server, new() { ["OPENAI_REALTIME_URL"] = server.Url.ToString(), ["OPENAI_API_KEY"] = "a-key-for-tests", ["REALTIME_PROVIDER"] = "openai" }, variables, customize, clock);
    }

    /// <summary>Starts a bridge with the echo provider: no model at all.</summary>
    public static Task<BridgeHost> StartEchoAsync(Dictionary<string, string>? variables = null, Action<WebApplicationBuilder>? customize = null) =>
        StartAsync(null, new() { ["REALTIME_PROVIDER"] = "echo" }, variables, customize, new ManualClock());

    /// <summary>For tests of what is heard and remembered: nothing is done about a model that stands still, or a line without audio.</summary>
    public static void Patient(WebApplicationBuilder builder)
    {
        foreach (var rule in new[] { "FillerAfter", "StallAfter", "FirstAudioWithin", "IdleAskAfter", "IdleEndAfter" })
            builder.Configuration[$"Bridge:Patience:{rule}"] = "00:00:00";
        builder.Configuration["Bridge:MediaTimeout"] = "00:05:00";
    }

    /// <summary>A call in virtual time: 20 ms pass with each step.</summary>
    public Task<FakeCaller> CallAsync(Func<FakeCallerOptions, FakeCallerOptions>? change = null)
    {
        var options = new FakeCallerOptions { Webhook = Webhook, Pacing = Pacing.Manual, Clock = Clock };
        return FakeCaller.DialAsync(change?.Invoke(options) ?? options, CancellationToken.None);
    }

    /// <summary>Stops the service; time passes while it does.</summary>
    public Task StopAsync() => PassUntilAsync(_app.StopAsync());

    /// <summary>Lets time pass until something has happened.</summary>
    public async Task PassUntilAsync(Task happened)
    {
        while (!happened.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await happened;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (Model is not null)
            await Model.DisposeAsync();
    }

    private static async Task<BridgeHost> StartAsync(FakeRealtimeServer? server, Dictionary<string, string> variables, Dictionary<string, string>? more, Action<WebApplicationBuilder>? customize, ManualClock clock)
    {
        foreach (var (name, value) in new Dictionary<string, string> { ["HOST"] = "127.0.0.1", ["PORT"] = "0", ["ASPNETCORE_ENVIRONMENT"] = "Development" }.Concat(more ?? []))
            variables[name] = value;
        var logs = new LogRecord();
        var app = BridgeApp.Create(variables, builder =>
        {
            builder.Services.AddSingleton<ILogEventSink>(logs);
            builder.Services.AddSingleton<TimeProvider>(clock);
            builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
            customize?.Invoke(builder);
        });
        await app.StartAsync();
        return new BridgeHost(app, server, logs, clock);
    }
}

/// <summary>The tests' process keeps its signals.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Everything that was logged, as it would be read.</summary>
internal sealed class LogRecord : ILogEventSink
{
    private readonly ConcurrentQueue<LogEvent> _events = new();
    private readonly Lock _gate = new();
    private readonly List<(Func<LogEvent, bool> Wanted, TaskCompletionSource<LogEvent> Found)> _waiting = [];

    public IReadOnlyCollection<LogEvent> Events => _events;

    public IEnumerable<string> Lines => _events.Select(e => $"{e.Level} {Text(e)} {string.Join(' ', e.Properties)} {e.Exception}");

    public void Emit(LogEvent logEvent)
    {
        lock (_gate)
        {
            _events.Enqueue(logEvent);
            foreach (var (_, found) in _waiting.Where(w => w.Wanted(logEvent)).ToList())
                found.TrySetResult(logEvent);
        }
    }

    /// <summary>The message as the console shows it: without quotes round texts.</summary>
    public static string Text(LogEvent e) => e.RenderMessage(null).Replace("\"", "", StringComparison.Ordinal);

    /// <summary>The first line, past or to come, that has this text.</summary>
    public Task<LogEvent> WaitForAsync(string text)
    {
        bool Wanted(LogEvent e) => Text(e).Contains(text, StringComparison.Ordinal);
        lock (_gate)
        {
            if (_events.FirstOrDefault(Wanted) is { } past)
                return Task.FromResult(past);
            var found = new TaskCompletionSource<LogEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((Wanted, found));
            return found.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }
}
