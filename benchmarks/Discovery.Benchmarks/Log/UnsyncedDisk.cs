using Discovery.Storage;

namespace Discovery.Benchmarks.Log;

/// <summary>The disk of this machine without its syncs: what remains is our own work and the system's.</summary>
internal sealed class UnsyncedDisk(IDisk disk) : IDisk
{
    public Task<T> RunAsync<T>(DiskLane lane, Func<Task<T>> work) => disk.RunAsync(lane, work);

    public bool TryPost(DiskLane lane, Action work) => disk.TryPost(lane, work);

    public void CreateDirectory(string path) => disk.CreateDirectory(path);

    public IReadOnlyList<string> List(string directory) => disk.List(directory);

    public IDiskFile Open(string path) => new UnsyncedFile(disk.Open(path));

    public IDiskFile Create(string path) => new UnsyncedFile(disk.Create(path));

    public void Move(string from, string to) => disk.Move(from, to);

    public void Delete(string path) => disk.Delete(path);

    public ValueTask SyncDirectoryAsync(string path) => ValueTask.CompletedTask;

    public IDisposable? Lock(string path) => disk.Lock(path);

    private sealed class UnsyncedFile(IDiskFile file) : IDiskFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(long offset, Span<byte> into) => file.Read(offset, into);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => file.Write(offset, bytes);

        public void Allocate(long length) => file.Allocate(length);

        public void SetLength(long length) => file.SetLength(length);

        public ValueTask SyncAsync() => ValueTask.CompletedTask;

        public void Dispose() => file.Dispose();
    }
}
