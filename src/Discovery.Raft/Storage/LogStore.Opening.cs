using Discovery.Protocol;

namespace Discovery.Storage;

internal sealed partial class LogStore
{
    private const string LockName = "lock";

    /// <summary>Opens the log in a directory, or begins one.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="directory">The directory, which is the log's alone.</param>
    /// <param name="node">The node's id.</param>
    /// <param name="cluster">The id of the cluster; empty while it is not known.</param>
    /// <param name="fresh">The id that the log gets, should it be a new one.</param>
    /// <param name="snapshot">The snapshot that the node's state is made from; null when there is none.</param>
    /// <param name="options">Sizes.</param>
    /// <exception cref="StorageException">The directory is refused, and unchanged; or the disk said no.</exception>
    public static Task<LogStore> OpenAsync(
        IDisk disk, string directory, Guid node, Guid cluster, Guid fresh, SnapshotMeta? snapshot, LogStoreOptions? options = null) =>
        disk.RunAsync(DiskLane.Log, async () =>
        {
            try
            {
                return await OpenOnLaneAsync(
                    disk,
                    directory,
                    new LogIdentity(new VoterId(node, fresh), cluster) { IsWitness = options is { IsWitness: true } },
                    snapshot,
                    options ?? LogStoreOptions.Default);
            }
            catch (Exception e) when (StorageException.IsOfTheDisk(e))
            {
                throw StorageException.Of(directory, e);
            }
        });

    private static async Task<LogStore> OpenOnLaneAsync(
        IDisk disk, string directory, LogIdentity wanted, SnapshotMeta? snapshot, LogStoreOptions options)
    {
        disk.CreateDirectory(directory);
        IDisposable held = disk.Lock(Path.Combine(directory, LockName)) ?? throw StorageException.InUse(directory);
        try
        {
            IReadOnlyList<string> names = disk.List(directory);
            LogIdentity identity = names.Contains(LogIdentity.Name)
                ? LogIdentity.Read(disk, directory)
                : await BeginAsync(disk, directory, wanted, names, options);
            identity.Check(directory, wanted);

            var found = new LogRecovery(disk, directory, identity.Id);
            found.Run();
            CheckReach(found, directory, snapshot);
            return await OpenAsync(disk, options, held, identity, found, snapshot);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static async Task<LogStore> OpenAsync(
        IDisk disk, LogStoreOptions options, IDisposable held, LogIdentity identity, LogRecovery found, SnapshotMeta? snapshot)
    {
        try
        {
            await PutAgainAsync(disk, found.Directory, identity);
            var files = new LogFiles(disk, found.Directory, identity.Id);
            LogPlace end = await files.MendAsync(found);
            var store = new LogStore(disk, files, options, held, identity, found.Replay, end);
            await store.FollowAsync(found.Replay, snapshot);
            return store;
        }
        catch
        {
            found.Replay.Segments.ForEach(static segment => segment.Drop());
            throw;
        }
    }

    // That the name can be seen does not mean that the disk has it: the sync of the directory may have failed the last time. On a full
    // disk this waits for the next opening, for a log that cannot be opened cannot be compacted either.
    private static async Task PutAgainAsync(IDisk disk, string directory, LogIdentity identity)
    {
        try
        {
            await identity.WriteAsync(disk, directory);
        }
        catch (IOException e) when (StorageException.Of(directory, e).Trouble == StorageTrouble.Full)
        {
        }
    }

    /// <summary>Makes the first segment, and then says whose it is: so whoever has an identity has a log.</summary>
    private static async Task<LogIdentity> BeginAsync(
        IDisk disk, string directory, LogIdentity identity, IReadOnlyList<string> names, LogStoreOptions options)
    {
        CheckUntouched(disk, directory, names);
        var files = new LogFiles(disk, directory, identity.Id);
        (await files.CreateAsync(1, options.SegmentBytes)).Dispose();
        await identity.WriteAsync(disk, directory);
        return identity;
    }

    // A crash while a log is begun leaves a first segment with nothing in it. Anything more is a log that has lost its identity.
    private static void CheckUntouched(IDisk disk, string directory, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (!LogLayout.TryParseSegmentName(name, out uint number))
            {
                continue;
            }

            using IDiskFile file = disk.Open(Path.Combine(directory, name));
            var bytes = new byte[file.Length];
            file.Read(0, bytes);
            if (number != 1 || !LogLayout.IsZero(bytes.AsSpan(Math.Min(bytes.Length, LogLayout.HeaderBytes))))
            {
                throw StorageException.Damaged(
                    Path.Combine(directory, LogIdentity.Name), 0, "the file is missing, and there is a log beside it");
            }
        }
    }

    private static void CheckReach(LogRecovery found, string directory, SnapshotMeta? snapshot)
    {
        LogPosition start = found.Replay.Terms.Start;
        if (start.Index > (snapshot?.Last.Index ?? 0))
        {
            string newest = snapshot is null ? "is missing" : $"ends at {snapshot.Last.Index}";
            throw StorageException.OutOfReach(
                directory, $"the log begins after entry {start.Index}, and the newest whole snapshot {newest}");
        }
    }

    /// <summary>Begins the log anew where it does not lead up to its snapshot: a snapshot was received, and the crash came then.</summary>
    /// <remarks>The snapshot can be of a later term than is written here. No vote was given in that one: it would be here.</remarks>
    private async Task FollowAsync(LogReplay replay, SnapshotMeta? snapshot)
    {
        RecoveredLog? recovered = replay.TryFollow(snapshot);
        if (recovered is null)
        {
            HardState state = replay.State.Term < snapshot!.Last.Term ? new HardState(snapshot.Last.Term, VoterId.None) : replay.State;
            Append(new LogBatch { State = state, Reset = snapshot.Last });
            await FlushAsync();
            recovered = new RecoveredLog(state, snapshot, new TermRuns(snapshot.Last), []);
        }

        Recovered = recovered;
    }
}
