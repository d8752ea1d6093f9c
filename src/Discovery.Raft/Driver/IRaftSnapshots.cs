using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>Snapshots on this server's disk.</summary>
internal interface IRaftSnapshots
{
    /// <summary>Writes the state as the newest snapshot; it is on the disk when this ends, and older ones may be gone.</summary>
    /// <param name="meta">What it stands for.</param>
    /// <param name="state">The state; null on a witness, whose snapshots hold nothing.</param>
    Task SaveAsync(SnapshotMeta meta, StateSnapshot? state);

    /// <summary>Takes a snapshot that another server sends; it is whole on the disk when this ends.</summary>
    /// <remarks>
    /// It may be the newest one at once, before the protocol knows of it: what a snapshot covers is committed, so a server that starts with
    /// it starts with nothing that it should not have.
    /// </remarks>
    /// <exception cref="IOException">It did not come whole.</exception>
    Task ReceiveAsync(SnapshotMeta meta, Stream snapshot, CancellationToken cancellationToken);

    /// <summary>Reads the state of a snapshot that was received.</summary>
    Task<StateSnapshot> ReadAsync(SnapshotMeta meta);

    /// <summary>The length of the newest snapshot; 0 when there is none.</summary>
    long NewestBytes { get; }

    /// <summary>Opens the newest snapshot to be sent; null when there is none.</summary>
    (SnapshotMeta Meta, Stream Bytes)? OpenNewest();
}
