using System.Collections.Concurrent;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Serilog.Core;
using Serilog.Events;

namespace Bridge.Api.Tests;

/// <summary>The real service on loopback, with the simulator at both ends. What it logs is kept.</summary>
internal sealed class BridgeHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BridgeHost(WebApplication app, FakeRealtimeServer? model, LogRecord logs) => (_app, Model, Logs) = (app, model!, logs);

    public FakeRealtimeServer Model { get; }

    public LogRecord Logs { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public Uri Webhook => new(Address, "/incoming-call");

    /// <summary>Starts a bridge whose model is a simulated one.</summary>
    public static async Task<BridgeHost> StartAsync(FakeModelOptions? model = null, Dictionary<string, string>? variables = null, Action<WebApplicationBuilder>? customize = null)
    {
        var server = await FakeRealtimeServer.StartAsync(model);
        return await StartAsync(server, new() { ["OPENAI_REALTIME_URL"] = server.Url.ToString(), ["OPENAI_API_KEY"] = "a-key-for-tests", ["REALTIME_PROVIDER"] = "openai" }, variables, customize);
    }

    /// <summary>Starts a bridge with the echo provider: no model at all.</summary>
    public static Task<BridgeHost> StartEchoAsync(Dictionary<string, string>? variables = null, Action<WebApplicationBuilder>? customize = null) =>
        StartAsync(null, new() { ["REALTIME_PROVIDER"] = "echo" }, variables, customize);

    /// <summary>A call in virtual time: 20 ms pass with each step.</summary>
    public Task<FakeCaller> CallAsync(Func<FakeCallerOptions, FakeCallerOptions>? change = null)
    {
        var options = new FakeCallerOptions { Webhook = Webhook, Pacing = Pacing.Manual };
        return FakeCaller.DialAsync(change?.Invoke(options) ?? options, CancellationToken.None);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (Model is not null)
            await Model.DisposeAsync();
    }

    private static async Task<BridgeHost> StartAsync(FakeRealtimeServer? server, Dictionary<string, string> variables, Dictionary<string, string>? more, Action<WebApplicationBuilder>? customize)
    {
        foreach (var (name, value) in new Dictionary<string, string> { ["HOST"] = "127.0.0.1", ["PORT"] = "0", ["ASPNETCORE_ENVIRONMENT"] = "Development" }.Concat(more ?? []))
            variables[name] = value;
        var logs = new LogRecord();
        var app = BridgeApp.Create(variables, builder =>
        {
            builder.Services.AddSingleton<ILogEventSink>(logs);
            customize?.Invoke(builder);
        });
        await app.StartAsync();
        return new BridgeHost(app, server, logs);
    }
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
