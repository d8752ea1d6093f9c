using Discovery.Storage;

namespace Discovery.DependencyInjection;

/// <summary>The machine's disk, whose syncs of the log can be made to hang.</summary>
internal sealed class HangingDisk : IDisk, IDisposable
{
    private readonly PhysicalDisk _inner = new();
    private TaskCompletionSource _open = Opened();

    public void Hang() => Volatile.Write(ref _open, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void GoOn() => Volatile.Read(ref _open).TrySetResult();

    public async Task<T> RunThroughAsync<T>(DiskLane lane, Func<Task<T>> work)
    {
        await Volatile.Read(ref _open).Task;
        return await _inner.RunThroughAsync(lane, work);
    }

    public Task<T> RunAsync<T>(DiskLane lane, Func<Task<T>> work) => _inner.RunAsync(lane, work);

    public bool TryPost(DiskLane lane, Action work) => _inner.TryPost(lane, work);

    public void CreateDirectory(string path) => _inner.CreateDirectory(path);

    public IReadOnlyList<string> List(string directory) => _inner.List(directory);

    public IDiskFile Open(string path) => _inner.Open(path);

    public IDiskFile Create(string path) => _inner.Create(path);

    public void Move(string from, string to) => _inner.Move(from, to);

    public void Delete(string path) => _inner.Delete(path);

    public ValueTask SyncDirectoryAsync(string path) => _inner.SyncDirectoryAsync(path);

    public IDisposable? Lock(string path) => _inner.Lock(path);

    public void Dispose() => _inner.Dispose();

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
