using Discovery.Catalog;

namespace Discovery.Agent;

/// <summary>What the agent has to write so that the catalog shows what it has.</summary>
/// <param name="Steps">In the order in which they are to be proposed: the node, registrations, removals; each by id.</param>
/// <param name="AdoptedTags">Rows of the catalog whose tags the agent takes over.</param>
/// <param name="Conflicts">Entries that another agent keeps and that are left alone.</param>
internal sealed record AgentPlan(
    IReadOnlyList<AgentStep> Steps, IReadOnlyList<CatalogService> AdoptedTags, IReadOnlyList<AgentConflict> Conflicts);

/// <summary>One write: either a registration or a removal.</summary>
internal sealed record AgentStep
{
    public RegisterCommand? Register { get; init; }

    public DeregisterCommand? Deregister { get; init; }

    public required CallContext Context { get; init; }

    /// <summary>What in the agent asks for it: the same object as long as the same is asked for.</summary>
    public required object Source { get; init; }

    /// <summary>The service that it writes or removes.</summary>
    public string? ServiceId { get; init; }

    /// <summary>The checks that it writes or removes.</summary>
    public IReadOnlyList<string> CheckIds { get; init; } = [];

    public bool IsNode => Register is { SkipNodeUpdate: false };

    /// <summary>The same for steps that concern the same entry.</summary>
    public string Key => IsNode ? "the node"
        : Register is not null ? $"+{ServiceId}/{CheckIds.FirstOrDefault()}"
        : $"-{ServiceId}/{CheckIds.FirstOrDefault()}";
}

/// <summary>An entry that the agent has and that is another agent's in the catalog.</summary>
/// <param name="ServiceId">The service, or null for a check or the node.</param>
/// <param name="CheckId">The check, or null.</param>
/// <param name="Owner">The other agent.</param>
internal sealed record AgentConflict(string? ServiceId, string? CheckId, string Owner);
