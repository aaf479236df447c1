using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bridge.Api.WarmUp;

/// <summary>
/// Between listening and ready: what answers a call has run once. Nobody's call waits for the compiler then. It takes no more than
/// <see cref="Limit"/>, and a service whose warm-up fails is as good a service, only slower at first.
/// </summary>
internal sealed partial class WarmUpService(Func<CancellationToken, Task> rehearse, TimeProvider time, ILogger<WarmUpService> logger) : IHostedLifecycleService, IHealthCheck
{
    /// <summary>A service that is slow at first is better than one that is not there.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private volatile bool _isOver;

    /// <summary>The server listens, and the start is not over: the log has not said yet that the service is ready.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // Beside the start: what hangs without an await must not keep it either.
            await Task.Run(() => rehearse(givenUp.Token), givenUp.Token).WaitAsync(Limit, time, cancellationToken);
            var took = time.GetElapsedTime(began).TotalSeconds;
            LogDone(took);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service is told to stop while it starts.
        }
        catch (Exception e)
        {
            LogFailed(e);
        }

        _isOver = true;
        await givenUp.CancelAsync();
    }

    /// <summary>Not ready while it lasts.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isOver ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("warming up"));

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Warmed up in {Seconds:F1} s")]
    private partial void LogDone(double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The warm-up failed: the first calls are answered more slowly")]
    private partial void LogFailed(Exception exception);
}

/// <summary>The lines that make a service warm up.</summary>
internal static class WarmUpRegistration
{
    /// <summary>Adds it to a service that is run in earnest; a bridge that rehearses must not rehearse.</summary>
    /// <param name="services">The service's.</param>
    /// <param name="rehearse">For tests: in place of a call.</param>
    public static IServiceCollection AddWarmUp(this IServiceCollection services, Func<IServiceProvider, CancellationToken, Task>? rehearse = null)
    {
        rehearse ??= Rehearsal.PlayAsync;
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<WarmUpService>(provider, (CancellationToken cancel) => rehearse(provider, cancel)));
        services.AddHostedService(provider => provider.GetRequiredService<WarmUpService>());
        services.AddHealthChecks().AddCheck<WarmUpService>("warm-up");
        return services;
    }
}
