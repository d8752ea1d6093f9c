namespace Discovery;

/// <summary>A node as the catalog knows it.</summary>
public sealed record CatalogNode
{
    /// <summary>Its name; compared without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary>Its identity, empty when it was registered without one.</summary>
    public Guid Id { get; init; }

    /// <summary>Its address.</summary>
    public required string Address { get; init; }

    /// <summary>Its datacenter.</summary>
    public required string Datacenter { get; init; }

    /// <summary>Addresses by tag: lan, wan and the like.</summary>
    public IReadOnlyDictionary<string, string> TaggedAddresses { get; init; } = Catalog.StringMap.Empty;

    /// <summary>Metadata.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = Catalog.StringMap.Empty;

    /// <summary>The agent that keeps the entry, or null when nobody does.</summary>
    public string? Owner { get; init; }

    /// <summary>When it was added.</summary>
    public ulong CreateIndex { get; init; }

    /// <summary>When it last changed.</summary>
    public ulong ModifyIndex { get; init; }
}
