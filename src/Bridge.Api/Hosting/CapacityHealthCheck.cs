using Bridge.Application.Calls;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bridge.Api.Hosting;

/// <summary>Ready while calls are admitted: not while stopping, not while full.</summary>
internal sealed class CapacityHealthCheck(CallRegistry calls) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(calls.HasRoom
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(calls.Draining ? "stopping" : "full"));
}
