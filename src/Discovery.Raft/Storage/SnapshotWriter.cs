using Discovery.Protocol;

namespace Discovery.Storage;

/// <summary>A snapshot on its way to the disk. Disposed before it is complete, it leaves nothing.</summary>
internal sealed class SnapshotWriter(
    IDisk disk, IDiskFile file, string path, SnapshotMeta meta, Func<SnapshotFile, string, Task> put) : IAsyncDisposable
{
    private SnapshotOutput? _output;
    private bool _isDone;

    /// <summary>Writes the next piece of the content.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> piece) => WriteAsync(output => output.Write(piece.Span));

    /// <summary>Has the next piece of the content written, on the disk's thread.</summary>
    public Task WriteAsync(Action<Stream> write) => RunAsync(() =>
    {
        write(Output());
        return Task.FromResult(true);
    });

    /// <summary>Completes when the snapshot is on the disk under its name.</summary>
    public Task<SnapshotFile> CompleteAsync() => RunAsync(async () =>
    {
        Output().Finish();
        await file.SyncAsync();
        var done = new SnapshotFile(meta, path, Output().FileBytes);
        file.Dispose();
        await put(done, file.Path);
        _isDone = true;
        return done;
    });

    public async ValueTask DisposeAsync()
    {
        if (_isDone)
        {
            return;
        }

        _isDone = true;
        file.Dispose();
        try
        {
            await disk.RunAsync(DiskLane.Snapshots, () =>
            {
                disk.Delete(file.Path);
                return Task.FromResult(true);
            });
        }
        catch (Exception e) when (StorageException.IsOfTheDisk(e))
        {
            // It is deleted when the directory is opened the next time.
        }
    }

    private SnapshotOutput Output() => _output ??= new SnapshotOutput(file, meta);

    private Task<T> RunAsync<T>(Func<Task<T>> work) => disk.RunAsync(DiskLane.Snapshots, async () =>
    {
        Invariant.Check(!_isDone, "a snapshot that is complete or given up is written on");
        try
        {
            return await work();
        }
        catch (Exception e) when (StorageException.IsOfTheDisk(e))
        {
            throw StorageException.Of(path, e);
        }
    });
}
