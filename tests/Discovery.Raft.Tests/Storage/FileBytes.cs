namespace Discovery.Storage;

/// <summary>Files as arrays that can only be read: for looking at a log once for each of its bits.</summary>
internal sealed class FileBytes(SortedDictionary<string, byte[]> files) : IDisk
{
    public Task<T> RunAsync<T>(DiskLane lane, Func<Task<T>> work) => work();

    public bool TryPost(DiskLane lane, Action work)
    {
        work();
        return true;
    }

    public void CreateDirectory(string path) => throw new NotSupportedException();

    public IReadOnlyList<string> List(string directory) => [.. files.Keys.Select(static path => Path.GetFileName(path))];

    public IDiskFile Open(string path) => new Bytes(path, files[path]);

    public IDiskFile Create(string path) => throw new NotSupportedException();

    public void Move(string from, string to) => throw new NotSupportedException();

    public void Delete(string path) => throw new NotSupportedException();

    public ValueTask SyncDirectoryAsync(string path) => throw new NotSupportedException();

    public IDisposable? Lock(string path) => throw new NotSupportedException();

    private sealed class Bytes(string path, byte[] bytes) : IDiskFile
    {
        public string Path => path;

        public long Length => bytes.Length;

        public int Read(long offset, Span<byte> into)
        {
            ReadOnlySpan<byte> rest = bytes.AsSpan((int)Math.Min(offset, bytes.Length));
            rest = rest[..Math.Min(rest.Length, into.Length)];
            rest.CopyTo(into);
            return rest.Length;
        }

        public void Write(long offset, ReadOnlySpan<byte> written) => throw new NotSupportedException();

        public void Allocate(long length) => throw new NotSupportedException();

        public void SetLength(long length) => throw new NotSupportedException();

        public ValueTask SyncAsync() => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
