using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>For logs that never reach the size at which a snapshot is taken.</summary>
internal sealed class NoSnapshots : IRaftSnapshots
{
    public Task SaveAsync(SnapshotMeta meta, StateSnapshot? state) => throw new InvalidOperationException("no snapshot was expected");

    public Task ReceiveAsync(SnapshotMeta meta, Stream snapshot, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("no snapshot was expected");

    public Task<StateSnapshot> ReadAsync(SnapshotMeta meta) => throw new InvalidOperationException("no snapshot was expected");

    public long NewestBytes => 0;

    public (SnapshotMeta Meta, Stream Bytes)? OpenNewest() => null;
}
