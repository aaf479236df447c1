using Bridge.Application.Calls;

namespace Bridge.Api.Hosting;

/// <summary>However the service is stopped: before anything else stops, the calls are drained. A drain that a signal began is over by then.</summary>
internal sealed class CallDrainService(CallDrain drain) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await drain.RunAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await drain.ForceAsync();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
