using System.Collections.Immutable;
using Discovery.Health;

namespace Discovery.Agent;

/// <summary>A check as the agent wants it in the catalog.</summary>
internal sealed record AgentCheckEntry
{
    public required CatalogCheck Row { get; init; }

    /// <summary>Null for a maintenance check, which nobody runs.</summary>
    public CheckDefinition? Definition { get; init; }

    /// <summary>Whether the registration of its service brought it: the next one that does not takes it away.</summary>
    public bool IsDeclared { get; init; }

    /// <summary>Whether it outlives the process; that of its service for a declared one.</summary>
    public RegistrationLifetime Lifetime { get; init; }

    /// <summary>In whose name it is written.</summary>
    public required CallContext Context { get; init; }

    public CheckKey Key => new(Row.ServiceId.Length == 0 ? null : Row.ServiceId, Row.CheckId);
}

/// <summary>A service as the agent wants it in the catalog, with its checks.</summary>
internal sealed record AgentServiceEntry
{
    public required CatalogService Row { get; init; }

    /// <summary>By id, in ordinal order.</summary>
    public ImmutableSortedDictionary<string, AgentCheckEntry> Checks { get; init; } = AgentState.NoChecks;

    /// <summary>Whether it outlives the process.</summary>
    public RegistrationLifetime Lifetime { get; init; }

    /// <summary>Which rule its name obeys.</summary>
    public NameRule NameRule { get; init; }

    /// <summary>In whose name it is written.</summary>
    public required CallContext Context { get; init; }

    /// <summary>Raised by each registration: what was decided about an earlier one no longer counts.</summary>
    public long Registration { get; init; }
}
