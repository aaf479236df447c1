using System.Collections.Concurrent;
using Bridge.Api.Tests.Privacy;
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

    private BridgeHost(WebApplication app, FakeRealtimeServer? model, LogRecord logs, ManualClock clock, Dictionary<string, string> variables, CanaryWatch canaries)
    {
        (_app, Model, Logs, Clock, Canaries) = (app, model!, logs, clock, canaries);
        var token = variables.GetValueOrDefault("TWILIO_AUTH_TOKEN");
        Caller = new FakeCallerOptions
        {
            Webhook = Webhook,
            Pacing = Pacing.Manual,
            Clock = Clock,
            Form = CanaryWatch.Caller,
            AuthToken = token?.Split(',')[0],
            PublicUrl = token is null ? null : new Uri(variables["PUBLIC_BASE_URL"]),
        };
    }

    public FakeRealtimeServer Model { get; }

    public LogRecord Logs { get; }

    /// <summary>What must not come out of it; looked for when it is disposed of.</summary>
    public CanaryWatch Canaries { get; }

    /// <summary>The time of all three, bridge, model and callers: it moves only with the caller's steps, or when a test moves it.</summary>
    public ManualClock Clock { get; }

    /// <summary>A call in virtual time, signed if the bridge checks signatures.</summary>
    public FakeCallerOptions Caller { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public Uri Webhook => new(Address, "/incoming-call");

    /// <summary>Starts a bridge whose model is a simulated one, in virtual time.</summary>
    public static async Task<BridgeHost> StartAsync(
        FakeModelOptions? model = null, Dictionary<string, string>? variables = null, Action<WebApplicationBuilder>? customize = null, ManualClock? clock = null)
    {
        clock ??= new ManualClock();
        var server = await FakeRealtimeServer.StartAsync((model ?? new()) with { Clock = clock });
        return await StartAsync(server, new() { ["OPENAI_REALTIME_URL"] = server.Url.ToString(), ["OPENAI_API_KEY"] = CanaryWatch.ApiKey, ["REALTIME_PROVIDER"] = "openai" }, variables, customize, clock);
    }

    /// <summary>Starts a bridge as it is run in earnest: only Twilio gets in. Its calls are signed.</summary>
    public static Task<BridgeHost> StartGuardedAsync(
        FakeModelOptions? model = null, Dictionary<string, string>? variables = null, Action<WebApplicationBuilder>? customize = null, ManualClock? clock = null)
    {
        var all = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["TWILIO_AUTH_TOKEN"] = CanaryWatch.AuthToken,
            ["TWILIO_ACCOUNT_SID"] = FakeCaller.AccountSid,
            ["PUBLIC_BASE_URL"] = "https://bridge.test",
        };
        foreach (var (name, value) in variables ?? [])
            all[name] = value;
        return StartAsync(model, all, customize, clock);
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
    public Task<FakeCaller> CallAsync(Func<FakeCallerOptions, FakeCallerOptions>? change = null) =>
        FakeCaller.DialAsync(change?.Invoke(Caller) ?? Caller, CancellationToken.None);

    /// <summary>Stops the service. No time passes: what that needs must be given to it.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>Lets time pass until something has happened, and gives the service between two steps the time to answer a request.</summary>
    /// <param name="happened">What time alone brings: where a socket is waited for, too, time must not run ahead of it.</param>
    /// <param name="step">So much at once.</param>
    public async Task PassUntilAsync(Task happened, TimeSpan step)
    {
        using var http = new HttpClient();
        while (!happened.IsCompleted)
        {
            Clock.Advance(step);
            using var answer = await http.GetAsync(new Uri(Address, "/health/live"));
        }

        await happened;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (Model is not null)
            await Model.DisposeAsync();
        // Whatever the test was about: nothing personal got out.
        Canaries.Dispose();
        Assert.That(Canaries.Leaks(Model), Is.Empty, "what leaked");
    }

    private static async Task<BridgeHost> StartAsync(FakeRealtimeServer? server, Dictionary<string, string> variables, Dictionary<string, string>? more, Action<WebApplicationBuilder>? customize, ManualClock clock)
    {
        foreach (var (name, value) in new Dictionary<string, string> { ["HOST"] = "127.0.0.1", ["PORT"] = "0", ["ASPNETCORE_ENVIRONMENT"] = "Development", ["LOG_LEVEL"] = "trace", ["STREAM_TOKEN_KEYS"] = CanaryWatch.StreamTokenKey }.Concat(more ?? []))
            variables[name] = value;
        var logs = new LogRecord();
        var app = BridgeApp.Create(variables, builder =>
        {
            builder.Services.AddSingleton<ILogEventSink>(logs);
            builder.Services.AddSingleton<TimeProvider>(clock);
            builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
            // Frames are paced by real time, and calls in virtual time are many times faster.
            if (!variables.ContainsKey("TWILIO_AUTH_TOKEN"))
                builder.Configuration["Server:Limits:FramesPerSecond"] = "0";
            // So does a socket take what it takes by real time.
            builder.Configuration["Bridge:ModelSendBuffer"] = "0";
            customize?.Invoke(builder);
        });
        var canaries = new CanaryWatch(app.Services, logs, variables);
        await app.StartAsync();
        return new BridgeHost(app, server, logs, clock, variables, canaries);
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
