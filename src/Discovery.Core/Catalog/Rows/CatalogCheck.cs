namespace Discovery;

/// <summary>A health check as the catalog knows it.</summary>
public sealed record CatalogCheck
{
    /// <summary>The node that it belongs to.</summary>
    public required string Node { get; init; }

    /// <summary>Its id, unique on the node.</summary>
    public required string CheckId { get; init; }

    /// <summary>Its name for people.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its status.</summary>
    public CheckStatus Status { get; init; } = CheckStatus.Critical;

    /// <summary>Notes for people.</summary>
    public string Notes { get; init; } = "";

    /// <summary>What the last run said.</summary>
    public string Output { get; init; } = "";

    /// <summary>The instance that it checks, empty for a check of the whole node.</summary>
    public string ServiceId { get; init; } = "";

    /// <summary>The name of that instance's service, empty for a check of the whole node.</summary>
    public string ServiceName { get; init; } = "";

    /// <summary>Its kind: http, tcp, ttl, maintenance and so on; empty when unknown.</summary>
    public string Type { get; init; } = "";

    /// <summary>How it is to be run, when somebody outside the agents runs it; else null.</summary>
    public CatalogCheckDefinition? Definition { get; init; }

    /// <summary>The agent that keeps the entry, or null when nobody does.</summary>
    public string? Owner { get; init; }

    /// <summary>When it was added.</summary>
    public ulong CreateIndex { get; init; }

    /// <summary>When it last changed.</summary>
    public ulong ModifyIndex { get; init; }
}
