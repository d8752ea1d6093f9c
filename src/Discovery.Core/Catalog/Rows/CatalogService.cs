namespace Discovery;

/// <summary>A service instance as the catalog knows it.</summary>
public sealed record CatalogService
{
    /// <summary>The node that it runs on.</summary>
    public required string Node { get; init; }

    /// <summary>Its id, unique on the node.</summary>
    public required string Id { get; init; }

    /// <summary>The service's name; compared without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary>Its tags, in the order given.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its own address, empty when it is that of the node.</summary>
    public string Address { get; init; } = "";

    /// <summary>Its port, 0 when it has none.</summary>
    public int Port { get; init; }

    /// <summary>Metadata.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = Catalog.StringMap.Empty;

    /// <summary>Addresses by tag, in ordinal order of the tags.</summary>
    public IReadOnlyList<KeyValuePair<string, ServiceAddress>> TaggedAddresses { get; init; } = [];

    /// <summary>Its weights.</summary>
    public ServiceWeights Weights { get; init; } = ServiceWeights.Default;

    /// <summary>Whether the tags in the catalog win over those of the agent.</summary>
    public bool EnableTagOverride { get; init; }

    /// <summary>Whether it is being stopped: still there, but not to be sent anything new.</summary>
    public bool IsDraining { get; init; }

    /// <summary>The agent that keeps the entry, or null when nobody does.</summary>
    public string? Owner { get; init; }

    /// <summary>When it was added.</summary>
    public ulong CreateIndex { get; init; }

    /// <summary>When it last changed.</summary>
    public ulong ModifyIndex { get; init; }
}
