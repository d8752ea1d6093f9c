using Discovery.Protocol;

namespace Discovery.Storage;

/// <summary>The snapshots of a node: written beside what is there, put in place whole, older ones deleted after that.</summary>
/// <remarks>
/// A snapshot is written under a temporary name, synced, renamed, and its directory is synced: whatever has a snapshot's name was whole.
/// Anybody may write and read. A failed write leaves no file and faults nothing: the next one is a new file.
/// </remarks>
internal sealed class SnapshotStore
{
    /// <summary>How many are kept: the newest, and one to go back to should that be damaged.</summary>
    public const int KeptMax = 2;

    private readonly Lock _lock = new();
    private readonly IDisk _disk;
    private readonly string _directory;
    private SnapshotFile[] _files;
    private ulong _begun;

    private SnapshotStore(IDisk disk, string directory, SnapshotFile[] files, string[] damaged)
    {
        _disk = disk;
        _directory = directory;
        _files = files;
        Damaged = damaged;
    }

    /// <summary>The whole snapshots, the newest first.</summary>
    public IReadOnlyList<SnapshotFile> Files
    {
        get
        {
            lock (_lock)
            {
                return _files;
            }
        }
    }

    /// <summary>The files that were found damaged when the directory was opened; they are left as they are.</summary>
    public IReadOnlyList<string> Damaged { get; }

    /// <summary>Reads every snapshot in a directory from end to end, and deletes what crashes have left of others.</summary>
    /// <exception cref="StorageException">One is of a newer format, or the disk said no.</exception>
    public static Task<SnapshotStore> OpenAsync(IDisk disk, string directory) => disk.RunAsync(DiskLane.Snapshots, async () =>
    {
        try
        {
            disk.CreateDirectory(directory);
            var leftovers = new List<string>();
            var files = new List<SnapshotFile>();
            var damaged = new List<string>();
            foreach (string name in disk.List(directory))
            {
                string path = Path.Combine(directory, name);
                if (name.EndsWith(LogLayout.TemporarySuffix, StringComparison.Ordinal))
                {
                    leftovers.Add(path);
                }
                else if (SnapshotLayout.TryParseName(name, out LogPosition last))
                {
                    Look(disk, path, last, files, damaged);
                }
            }

            await DeleteAsync(disk, directory, leftovers);
            files.Reverse();
            return new SnapshotStore(disk, directory, [.. files], [.. damaged]);
        }
        catch (Exception e) when (StorageException.IsOfTheDisk(e))
        {
            throw StorageException.Of(directory, e);
        }
    });

    /// <summary>Writes a snapshot; it is on the disk, and the newest, when the task has completed.</summary>
    /// <param name="meta">What it stands for.</param>
    /// <param name="write">Writes the content, on the disk's thread.</param>
    /// <exception cref="StorageException">The disk said no; nothing is left of the file.</exception>
    public async Task<SnapshotFile> WriteAsync(SnapshotMeta meta, Action<Stream> write)
    {
        await using SnapshotWriter writer = await BeginAsync(meta);
        await writer.WriteAsync(write);
        return await writer.CompleteAsync();
    }

    /// <summary>Begins to write a snapshot that comes in pieces, as from a peer.</summary>
    public Task<SnapshotWriter> BeginAsync(SnapshotMeta meta) => _disk.RunAsync(DiskLane.Snapshots, () =>
    {
        string path = Path.Combine(_directory, SnapshotLayout.NameOf(meta.Last));
        try
        {
            // Two may write the same one at once: this node, or one leader after another. Each has a file of its own until it is whole.
            string temporary = $"{path}.{++_begun:x}{LogLayout.TemporarySuffix}";
            return Task.FromResult(new SnapshotWriter(_disk, _disk.Create(temporary), path, meta, PutAsync));
        }
        catch (Exception e) when (StorageException.IsOfTheDisk(e))
        {
            throw StorageException.Of(path, e);
        }
    });

    /// <summary>Opens a snapshot's content. It can be read to its end, also when newer ones take its place meanwhile.</summary>
    /// <exception cref="StorageException">It is damaged, or gone.</exception>
    public SnapshotInput OpenRead(SnapshotFile file)
    {
        try
        {
            return new SnapshotInput(_disk.Open(file.Path));
        }
        catch (Exception e) when (StorageException.IsOfTheDisk(e))
        {
            throw StorageException.Of(file.Path, e);
        }
    }

    private static void Look(IDisk disk, string path, LogPosition last, List<SnapshotFile> files, List<string> damaged)
    {
        IDiskFile file = disk.Open(path);
        long length = file.Length;
        try
        {
            using var input = new SnapshotInput(file);
            var buffer = new byte[SnapshotLayout.BlockBytesMax];
            while (input.Read(buffer) > 0)
            {
            }

            if (input.Meta.Last != last)
            {
                throw StorageException.Damaged(path, 0, "it is a snapshot of another name");
            }

            files.Add(new SnapshotFile(input.Meta, path, length));
        }
        catch (StorageException e) when (e.Trouble == StorageTrouble.Damaged)
        {
            file.Dispose();
            damaged.Add(path);
        }
    }

    private static async Task DeleteAsync(IDisk disk, string directory, IReadOnlyCollection<string> paths)
    {
        foreach (string path in paths)
        {
            disk.Delete(path);
        }

        if (paths.Count > 0)
        {
            await disk.SyncDirectoryAsync(directory);
        }
    }

    /// <summary>Gives a synced file its name, and deletes those that are too many once the disk has that.</summary>
    private async Task PutAsync(SnapshotFile file, string temporary)
    {
        _disk.Move(temporary, file.Path);
        await _disk.SyncDirectoryAsync(_directory);
        SnapshotFile[] dropped;
        lock (_lock)
        {
            SnapshotFile[] files = [file, .. _files.Where(other => other.Path != file.Path)];
            files = [.. files.OrderByDescending(static other => other.Meta.Last.Index)];
            _files = [.. files.Take(KeptMax)];
            dropped = [.. files.Skip(KeptMax)];
        }

        string[] damaged = [.. Damaged.Where(path => path != file.Path && string.CompareOrdinal(path, file.Path) < 0)];
        await DeleteAsync(_disk, _directory, [.. dropped.Select(static other => other.Path), .. damaged]);
    }
}
