namespace Bridge.Simulator.Model;

/// <summary>A server that lives until its owner disposes it: signals are the process's own business, not the server's.</summary>
internal sealed class OwnersLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
