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

    /// <summary>A service has neither id nor name.</summary>
    ServiceEmpty,

    /// <summary>A service has an id and no name; the subject is the id.</summary>
    ServiceNameMissing,

    /// <summary>The address of the service is a wildcard that nobody can dial; the subject is the address.</summary>
    ServiceAddressInvalid,

    /// <summary>The service has more metadata than is allowed.</summary>
    ServiceMetaTooMany,

    /// <summary>A key of the service's metadata is empty.</summary>
    ServiceMetaKeyBlank,

    /// <summary>A key of the service's metadata has other characters than A-Z a-z 0-9 - _; the subject is the key.</summary>
    ServiceMetaKeyInvalid,

    /// <summary>A key of the service's metadata is too long; the subject is the key.</summary>
    ServiceMetaKeyTooLong,

    /// <summary>A key of the service's metadata begins with "consul-"; the subject is the key.</summary>
    ServiceMetaKeyReserved,

    /// <summary>A value of the service's metadata is too long; the subject is the key.</summary>
    ServiceMetaValueTooLong,

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
