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

    /// <summary>Where registrations outlive the process; null: nowhere.</summary>
    public AgentFiles? Files { get; init; }

    /// <summary>Whether the app itself declares a service of an id: then what is on the disk of it is not read.</summary>
    public Func<string, bool> IsDeclared { get; init; } = static _ => false;

    /// <summary>What is to be written so that the name of this node is free of another id; null when that one may be alive.</summary>
    public Func<Guid, RegisterCommand?> FreeName { get; init; } = static _ => null;

    public AgentOptions Options { get; init; } = new();

    public HealthOptions Health { get; init; } = new();
}
