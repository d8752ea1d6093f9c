using System.Collections.Concurrent;

namespace Discovery.Storage;

/// <summary>A thread that waits for the disk, so that no loop and no thread of the pool does.</summary>
internal sealed class DiskThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public DiskThread(string name)
    {
        var thread = new Thread(Run) { IsBackground = true, Name = name };
        thread.UnsafeStart();
    }

    public Task<T> RunAsync<T>(Func<Task<T>> work, TaskCreationOptions options = TaskCreationOptions.RunContinuationsAsynchronously)
    {
        var done = new TaskCompletionSource<T>(options);
        _work.Add(() =>
        {
            T result;
            try
            {
                result = work().GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
                return;
            }

            done.SetResult(result);
        });
        return done.Task;
    }

    /// <summary>The thread ends when it has done what it was given.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
