namespace Discovery.Storage;

/// <summary>What kind of trouble the storage is in.</summary>
internal enum StorageTrouble
{
    /// <summary>The disk is full. Nothing is lost and nothing is broken: the same call can succeed once there is room.</summary>
    Full,

    /// <summary>A write or a sync failed. Nobody knows what is on the disk: the store refuses work until it is opened again.</summary>
    Failed,

    /// <summary>What was surely on the disk is not there any more, or not as it was.</summary>
    Damaged,

    /// <summary>The log does not reach back to a snapshot that is there.</summary>
    OutOfReach,

    /// <summary>The directory is of another node, another cluster or a newer format.</summary>
    Foreign,

    /// <summary>Another process has the directory.</summary>
    InUse,

    /// <summary>The store was closed.</summary>
    Closed,
}
