namespace Discovery.Storage;

/// <summary>A disk on which a store makes a mistake: a checker that does not notice is worth nothing.</summary>
internal sealed class CarelessDisk(IDisk disk) : IDisk
{
    /// <summary>Whether files are not synced, and are said to be.</summary>
    public bool SkipsFileSyncs { get; init; }

    /// <summary>Whether directories are not synced.</summary>
    public bool SkipsDirectorySyncs { get; init; }

    /// <summary>Writes that are left out, by file, offset and length.</summary>
    public Func<string, long, ReadOnlyMemory<byte>, bool> SkipsWrite { get; init; } = static (_, _, _) => false;

    public Task<T> RunAsync<T>(DiskLane lane, Func<Task<T>> work) => disk.RunAsync(lane, work);

    public bool TryPost(DiskLane lane, Action work) => disk.TryPost(lane, work);

    public void CreateDirectory(string path) => disk.CreateDirectory(path);

    public IReadOnlyList<string> List(string directory) => disk.List(directory);

    public IDiskFile Open(string path) => new CarelessFile(this, disk.Open(path));

    public IDiskFile Create(string path) => new CarelessFile(this, disk.Create(path));

    public void Move(string from, string to) => disk.Move(from, to);

    public void Delete(string path) => disk.Delete(path);

    public ValueTask SyncDirectoryAsync(string path) =>
        SkipsDirectorySyncs ? ValueTask.CompletedTask : disk.SyncDirectoryAsync(path);

    public IDisposable? Lock(string path) => disk.Lock(path);

    private sealed class CarelessFile(CarelessDisk owner, IDiskFile file) : IDiskFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(long offset, Span<byte> into) => file.Read(offset, into);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (!owner.SkipsWrite(file.Path, offset, bytes.ToArray()))
            {
                file.Write(offset, bytes);
            }
        }

        public void Allocate(long length) => file.Allocate(length);

        public void SetLength(long length) => file.SetLength(length);

        public ValueTask SyncAsync() => owner.SkipsFileSyncs ? ValueTask.CompletedTask : file.SyncAsync();

        public void Dispose() => file.Dispose();
    }
}
