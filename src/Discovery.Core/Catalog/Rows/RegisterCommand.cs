namespace Discovery.Catalog;

/// <summary>One registration: node, service and checks in one step, as in one call to Consul's catalog.</summary>
internal sealed record RegisterCommand
{
    public required CatalogNode Node { get; init; }

    /// <summary>Leave the node as it is if it exists.</summary>
    public bool SkipNodeUpdate { get; init; }

    public CatalogService? Service { get; init; }

    public IReadOnlyList<CatalogCheck> Checks { get; init; } = [];

    /// <summary>Who writes: an agent's name, or null for anybody else. What it writes is owned by it.</summary>
    public string? Owner { get; init; }

    /// <summary>Whether entries that another owner keeps are refused; off for what arrives by Consul's own calls.</summary>
    public bool EnforceOwnership { get; init; }

    /// <summary>
    /// Consul's rules for what is left out: a node that is to be left alone and is not there is added, and one without id has none.
    /// </summary>
    public bool ByConsulRules { get; init; }
}
