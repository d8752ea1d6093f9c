using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Discovery.Server;

/// <summary>Tells the host whether DNS is answered.</summary>
internal sealed class DnsHealthCheck(DnsServer server) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(server switch
        {
            { Failure: { } failure } => Bad(context, $"A DNS listener has ended: {failure.Message}"),
            { Endpoints.Count: 0 } => Bad(context, "The DNS server does not listen"),
            _ => HealthCheckResult.Healthy($"DNS is answered at {string.Join(", ", server.Endpoints)}"),
        });

    private static HealthCheckResult Bad(HealthCheckContext context, string text) => new(context.Registration.FailureStatus, text);
}
