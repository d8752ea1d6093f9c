using Discovery.Catalog;
using Discovery.Health;
using Microsoft.Extensions.Logging;

namespace Discovery.Agent;

/// <summary>What a local agent is made of and works with.</summary>
internal sealed record AgentParts
{
    public required NodeRuntime Runtime { get; init; }

    public required LoopSupervisor Supervisor { get; init; }

    public required StateMachine StateMachine { get; init; }

    public required CommandClient Commands { get; init; }

    public required CatalogModule Catalog { get; init; }

    public required AgentIdentity Identity { get; init; }

    public required ICheckProbeFactory Probes { get; init; }

    public required ILogger<LocalAgent> Logger { get; init; }

    public AgentOptions Options { get; init; } = new();

    public HealthOptions Health { get; init; } = new();
}
