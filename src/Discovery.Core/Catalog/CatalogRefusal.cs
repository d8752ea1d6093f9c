namespace Discovery;

/// <summary>Why the catalog, or the coordinates, did not take a write.</summary>
public enum CatalogRefusal
{
    /// <summary>Something else is malformed; the message names each field and its reason.</summary>
    Malformed = 0,

    /// <summary>No node is named.</summary>
    NodeMissing,

    /// <summary>No address is given for the node.</summary>
    AddressMissing,

    /// <summary>A service has an id and no name.</summary>
    ServiceNameMissing,

    /// <summary>The address of the service is a wildcard that nobody can dial; the subject is the address.</summary>
    ServiceAddressInvalid,

    /// <summary>A check says that it belongs to another node; the subject is that node.</summary>
    CheckNodeMismatch,

    /// <summary>A check has neither id nor name.</summary>
    CheckNameMissing,

    /// <summary>A check names a service that is not on the node; the subject is its id.</summary>
    ServiceNotOnNode,

    /// <summary>The node is to be left as it is, and is not in the catalog; the subject is its name.</summary>
    NodeNotFound,

    /// <summary>The node's name belongs to another node, which is alive; the subject is that node's id.</summary>
    NodeNameReserved,

    /// <summary>An agent keeps the entry; the subject is its name.</summary>
    OwnedByOther,

    /// <summary>A coordinate has another number of dimensions, or numbers that are none; the subject is its node.</summary>
    IncompatibleCoordinate,
}
