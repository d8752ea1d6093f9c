namespace Discovery.Catalog;

/// <summary>How the catalog answered a write.</summary>
internal enum CatalogWriteStatus : byte
{
    Ok = 0,

    /// <summary>The node's name belongs to another node id.</summary>
    NodeNameReserved = 1,

    /// <summary>The node is not there and the write says to leave it alone.</summary>
    NodeMissing = 2,

    /// <summary>A check names a service that is not on the node.</summary>
    ServiceMissing = 3,

    /// <summary>Another owner keeps the entry.</summary>
    OwnedByOther = 4,
}
