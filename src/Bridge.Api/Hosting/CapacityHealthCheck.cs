using Bridge.Application.Calls;
using Bridge.Application.Sessions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bridge.Api.Hosting;

/// <summary>
/// Ready while calls are admitted: not while stopping, not while full. A model that cannot be had makes it degraded, and still
/// ready: the other instances have no other model, and someone must tell the callers.
/// </summary>
internal sealed class CapacityHealthCheck(CallRegistry calls, ModelCircuit circuit) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(calls.HasRoom
            ? circuit.IsOpen ? HealthCheckResult.Degraded("no model") : HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(calls.Draining ? "stopping" : "full"));
}
