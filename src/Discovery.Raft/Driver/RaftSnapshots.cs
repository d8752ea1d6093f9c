using Discovery.Protocol;
using Discovery.Storage;

namespace Discovery.Driver;

/// <summary>The state machine's snapshots on this server's disk.</summary>
internal sealed class RaftSnapshots(SnapshotStore store, StateMachine stateMachine, NodeRuntime runtime) : IRaftSnapshots
{
    private const int PieceBytes = 256 * 1024;

    /// <summary>Makes a snapshot the state, as a server does that starts.</summary>
    public async Task InstallAsync(SnapshotFile file) => stateMachine.Install(await ReadAsync(file));

    public Task SaveAsync(SnapshotMeta meta, StateSnapshot? state) =>
        store.WriteAsync(meta, state is null ? static _ => { } : state.Write);

    public async Task ReceiveAsync(SnapshotMeta meta, Stream snapshot, CancellationToken cancellationToken)
    {
        await using SnapshotWriter writer = await store.BeginAsync(meta);
        var piece = new byte[PieceBytes];
        while (true)
        {
            int count = await snapshot.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken);
            if (stateMachine.KeepsState)
            {
                await writer.WriteAsync(piece.AsMemory(0, count));
            }

            if (count < piece.Length)
            {
                await writer.CompleteAsync();
                return;
            }
        }
    }

    public Task<StateSnapshot> ReadAsync(SnapshotMeta meta) =>
        ReadAsync(store.Files.First(file => file.Meta.Last == meta.Last));

    /// <summary>What the newest snapshot stands for.</summary>
    public SnapshotMeta? Newest => store.Files.FirstOrDefault()?.Meta;

    public long NewestBytes => store.Files.FirstOrDefault()?.Bytes ?? 0;

    public (SnapshotMeta Meta, Stream Bytes)? OpenNewest() =>
        store.Files is [var newest, ..] ? (newest.Meta, store.OpenRead(newest)) : null;

    private Task<StateSnapshot> ReadAsync(SnapshotFile file)
    {
        var read = new TaskCompletionSource<StateSnapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = runtime.Start(() =>
        {
            try
            {
                using SnapshotInput input = store.OpenRead(file);
                read.SetResult(stateMachine.ReadSnapshot(input));
            }
            catch (Exception e)
            {
                read.SetException(e);
            }

            return Task.CompletedTask;
        });
        return read.Task;
    }
}
