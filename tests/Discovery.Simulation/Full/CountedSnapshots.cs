using Discovery.Driver;
using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>Counts what becomes of a node's snapshots.</summary>
internal sealed class CountedSnapshots(RaftSnapshots inner, Coverage coverage) : IRaftSnapshots
{
    public async Task SaveAsync(SnapshotMeta meta, StateSnapshot? state)
    {
        await inner.SaveAsync(meta, state);
        coverage.Count("snapshots taken");
    }

    public Task ReceiveAsync(SnapshotMeta meta, Stream snapshot, CancellationToken cancellationToken) =>
        inner.ReceiveAsync(meta, snapshot, cancellationToken);

    public Task<StateSnapshot> ReadAsync(SnapshotMeta meta)
    {
        coverage.Count("snapshots installed");
        return inner.ReadAsync(meta);
    }

    public long NewestBytes => inner.NewestBytes;

    public (SnapshotMeta Meta, Stream Bytes)? OpenNewest() => inner.OpenNewest();
}
