namespace Discovery.Agent;

/// <summary>The node as its own agent registers it.</summary>
internal sealed record AgentIdentity
{
    public required string Name { get; init; }

    public Guid Id { get; init; }

    public required string Address { get; init; }

    /// <summary>The address for other datacenters.</summary>
    public string WanAddress { get => field ?? Address; init; }

    public required string Datacenter { get; init; }

    public IReadOnlyDictionary<string, string> Meta { get; init; } = Catalog.StringMap.Empty;

    public IReadOnlyDictionary<string, string> TaggedAddresses { get; init; } = Catalog.StringMap.Empty;

    /// <summary>Whether the catalog is to show the node as a server of Consul's kind.</summary>
    public bool RegistersServer { get; init; }

    /// <summary>The row in the catalog: owned by the agent itself.</summary>
    public CatalogNode ToRow() => new()
    {
        Name = Name,
        Id = Id,
        Address = Address,
        Datacenter = Datacenter,
        Meta = Catalog.StringMap.From(Meta),
        TaggedAddresses = Catalog.StringMap.From(TaggedAddresses),
        Owner = Name,
    };
}
