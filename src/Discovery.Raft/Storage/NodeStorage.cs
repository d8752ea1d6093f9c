namespace Discovery.Storage;

/// <summary>Everything that a node of the protocol has on its disk: the log in one folder, snapshots in another beside it.</summary>
internal sealed class NodeStorage : IAsyncDisposable
{
    private NodeStorage(LogStore log, SnapshotStore snapshots)
    {
        Log = log;
        Snapshots = snapshots;
    }

    public LogStore Log { get; }

    public SnapshotStore Snapshots { get; }

    /// <summary>The snapshot that the log goes on from; the node's state is to be made of it before the log is applied.</summary>
    public SnapshotFile? Base => Log.Recovered.Snapshot is { } meta ? Snapshots.Files.First(file => file.Meta.Last == meta.Last) : null;

    /// <summary>Opens both, or begins them.</summary>
    /// <remarks>
    /// With the newest snapshot damaged the one before does, if the log still reaches back to it. Otherwise the damage is told, with the
    /// file's name: starting without it would be forgetting what was acknowledged.
    /// </remarks>
    /// <param name="disk">The disk.</param>
    /// <param name="directory">The directory, which is made if there is none.</param>
    /// <param name="node">The node's id.</param>
    /// <param name="cluster">The id of the cluster; empty while it is not known.</param>
    /// <param name="fresh">The id that the log gets, should it be a new one.</param>
    /// <param name="options">Sizes.</param>
    /// <exception cref="StorageException">The directory is refused, or the disk said no.</exception>
    public static async Task<NodeStorage> OpenAsync(
        IDisk disk, string directory, Guid node, Guid cluster, Guid fresh, LogStoreOptions? options = null)
    {
        SnapshotStore snapshots = await SnapshotStore.OpenAsync(disk, Path.Combine(directory, "snapshots"));
        string folder = Path.Combine(directory, "log");
        if (snapshots.Files.Count + snapshots.Damaged.Count > 0)
        {
            await CheckLogAsync(disk, folder);
        }

        try
        {
            LogStore log = await LogStore.OpenAsync(
                disk, folder, node, cluster, fresh, snapshots.Files.FirstOrDefault()?.Meta, options);
            return new NodeStorage(log, snapshots);
        }
        catch (StorageException e) when (e.Trouble == StorageTrouble.OutOfReach && snapshots.Damaged.Count > 0)
        {
            throw StorageException.Damaged(
                snapshots.Damaged[^1], 0, "the snapshot is not as it was written, and the log does not reach back to an older one");
        }
    }

    public ValueTask DisposeAsync() => Log.DisposeAsync();

    // A snapshot is taken of a log. Where that is gone, so is what the snapshot does not have, and what was promised to others.
    private static Task CheckLogAsync(IDisk disk, string folder) => disk.RunAsync(DiskLane.Log, () =>
    {
        try
        {
            disk.CreateDirectory(folder);
            return disk.List(folder).Contains(LogIdentity.Name)
                ? Task.FromResult(true)
                : throw StorageException.Damaged(
                    Path.Combine(folder, LogIdentity.Name), 0, "the file is missing, and there are snapshots of its log");
        }
        catch (Exception e) when (StorageException.IsOfTheDisk(e))
        {
            throw StorageException.Of(folder, e);
        }
    });
}
