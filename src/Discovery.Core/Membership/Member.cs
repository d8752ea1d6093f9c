namespace Discovery;

/// <summary>A member of a gossip pool, as this node sees it.</summary>
public sealed record Member
{
    /// <summary>Its name: that of its node, in the WAN pool with a dot and its datacenter after it.</summary>
    public required string Name { get; init; }

    /// <summary>The address that it gossips at.</summary>
    public required string Address { get; init; }

    /// <summary>The port that it gossips at.</summary>
    public int Port { get; init; }

    /// <summary>What it tells of itself: role, dc, id, build, port and the like, with Consul's names.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = Catalog.StringMap.Empty;

    /// <summary>How it is.</summary>
    public MemberStatus Status { get; init; }

    /// <summary>The least gossip protocol that it understands.</summary>
    public int ProtocolMin { get; init; } = 1;

    /// <summary>The greatest gossip protocol that it understands.</summary>
    public int ProtocolMax { get; init; } = 5;

    /// <summary>The gossip protocol that it speaks.</summary>
    public int ProtocolCur { get; init; } = 2;

    /// <summary>The least Serf protocol that it understands.</summary>
    public int DelegateMin { get; init; } = 2;

    /// <summary>The greatest Serf protocol that it understands.</summary>
    public int DelegateMax { get; init; } = 5;

    /// <summary>The Serf protocol that it speaks.</summary>
    public int DelegateCur { get; init; } = 4;
}
