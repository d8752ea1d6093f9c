using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Discovery.Rpc;

/// <summary>Tells the host whether other nodes are answered.</summary>
internal sealed class RpcHealthCheck(RpcListener listener) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(listener switch
        {
            { Failure: { } failure } => Bad(context, $"The RPC listener has ended: {failure.Message}"),
            { Endpoint: null } => Bad(context, "The RPC server does not listen"),
            _ => HealthCheckResult.Healthy($"Other nodes are answered at {listener.Endpoint}"),
        });

    private static HealthCheckResult Bad(HealthCheckContext context, string text) => new(context.Registration.FailureStatus, text);
}
