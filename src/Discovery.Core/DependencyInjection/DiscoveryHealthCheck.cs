using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Discovery.DependencyInjection;

/// <summary>Tells the host how the node is.</summary>
internal sealed class DiscoveryHealthCheck(IDiscoveryNode node, ServiceRegistrar registrar) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Judge(node.Status, registrar.Problem, context.Registration.FailureStatus));

    public static HealthCheckResult Judge(NodeStatus status, string? problem, HealthStatus failureStatus)
    {
        LoopState[] failed = [.. status.Loops.Where(static loop => loop.Phase is LoopPhase.BackingOff or LoopPhase.Failed)];
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["phase"] = status.Phase.ToString(),
            ["leader"] = status.Leader ?? "",
            ["loops"] = string.Join(", ", status.Loops.Select(static loop => $"{loop.Name}: {loop.Phase}")),
        };
        (HealthStatus verdict, string text) = status switch
        {
            { Fault: not null } => (failureStatus, $"The node is faulted: {status.Fault}"),
            { Phase: NodePhase.Created } => (failureStatus, "The node has not started"),
            { Phase: NodePhase.Stopping or NodePhase.Stopped } => (failureStatus, "The node is stopping"),
            { Leader: null, Concern: { } concern } => (HealthStatus.Degraded, $"No leader is known. {concern}"),
            { Leader: null } => (HealthStatus.Degraded, "No leader is known"),
            _ when failed.Length > 0 => (HealthStatus.Degraded, $"Loop {failed[0].Name} has failed: {failed[0].LastError}"),
            { Concern: { } concern } => (HealthStatus.Degraded, concern),
            _ when problem is not null => (HealthStatus.Degraded, problem),
            { KeepsState: false } => (HealthStatus.Healthy, $"The leader is {status.Leader}; this node is a witness and keeps no state"),
            _ => (HealthStatus.Healthy, $"The leader is {status.Leader}"),
        };
        return new HealthCheckResult(verdict, text, null, data);
    }
}
