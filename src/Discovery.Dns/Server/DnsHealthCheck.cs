using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Discovery.Server;

/// <summary>Tells the host whether DNS is answered.</summary>
internal sealed class DnsHealthCheck(DnsServer server) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(server switch
        {
            { Failure: { } failure } => new HealthCheckResult(context.Registration.FailureStatus, $"A DNS listener has ended: {failure.Message}"),
            { Endpoints.Count: 0 } => new HealthCheckResult(context.Registration.FailureStatus, "The DNS server does not listen"),
            _ => HealthCheckResult.Healthy($"DNS is answered at {string.Join(", ", server.Endpoints)}"),
        });
}
