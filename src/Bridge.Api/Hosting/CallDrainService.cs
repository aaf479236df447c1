using Bridge.Application.Calls;
using Bridge.Application.Options;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Hosting;

/// <summary>At shutdown, before anything else stops: admits no more calls, lets those that are on end, then ends them.</summary>
internal sealed partial class CallDrainService(
    CallRegistry calls, IOptions<BridgeOptions> options, TimeProvider time, ILogger<CallDrainService> logger) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (calls.Active > 0)
            LogDraining(calls.Active, options.Value.DrainTimeout.TotalSeconds);
        await calls.DrainAsync(options.Value.DrainTimeout, time, cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: {Active} call(s) have {Seconds} s to end by themselves")]
    private partial void LogDraining(int active, double seconds);
}
