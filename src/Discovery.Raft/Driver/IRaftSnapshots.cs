using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>Snapshots on this server's disk.</summary>
internal interface IRaftSnapshots
{
    /// <summary>Writes the state as the newest snapshot; it is on the disk when this ends.</summary>
    Task SaveAsync(SnapshotMeta meta, StateSnapshot state);

    /// <summary>Takes a snapshot that another server sends; it is whole on the disk, not yet in place, when this ends.</summary>
    /// <exception cref="IOException">It did not come whole.</exception>
    Task ReceiveAsync(SnapshotMeta meta, Stream snapshot, CancellationToken cancellationToken);

    /// <summary>Puts a received snapshot in place, durably, and reads its state.</summary>
    Task<StateSnapshot> PlaceAsync(SnapshotMeta meta);

    /// <summary>Opens the newest snapshot to be sent; null when there is none.</summary>
    (SnapshotMeta Meta, Stream Bytes)? OpenNewest();

    /// <summary>Deletes all but the newest.</summary>
    Task DeleteOldAsync();
}
