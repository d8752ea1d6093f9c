namespace Discovery;

/// <summary>The node of this process.</summary>
public interface IDiscoveryNode
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Its identity.</summary>
    Guid Id { get; }

    /// <summary>Its datacenter.</summary>
    string Datacenter { get; }

    /// <summary>The address that it is reached at.</summary>
    string Address { get; }

    /// <summary>Finds and follows services.</summary>
    IServiceCatalog Catalog { get; }

    /// <summary>Registers what this process offers.</summary>
    ILocalAgent Agent { get; }

    /// <summary>Where the nodes are in the space of round-trip times.</summary>
    ICoordinates Coordinates { get; }

    /// <summary>Tells the nodes of the datacenter that something has happened.</summary>
    IUserEvents Events { get; }

    /// <summary>How it is.</summary>
    NodeStatus Status { get; }
}
