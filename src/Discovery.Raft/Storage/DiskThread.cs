using System.Collections.Concurrent;

namespace Discovery.Storage;

/// <summary>A thread that waits for the disk, so that neither the log's turn nor a thread of the pool does.</summary>
/// <remarks>
/// It sleeps as soon as it has nothing to do: a blocking collection would spin first, and take the processor from those that it waits for.
/// </remarks>
internal sealed class DiskThread : IDisposable
{
    [ThreadStatic]
    private static DiskThread? s_current;

    private readonly Lock _lock = new();
    private readonly ConcurrentQueue<Action> _work = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private int _isAwake = 1;
    private volatile bool _isEnding;

    public DiskThread(string name)
    {
        var thread = new Thread(Run) { IsBackground = true, Name = name };
        thread.UnsafeStart();
    }

    /// <summary>Has the thread do something that does not throw; false when it is to end.</summary>
    public bool TryPost(Action work)
    {
        lock (_lock)
        {
            if (_isEnding)
            {
                return false;
            }

            _work.Enqueue(work);
        }

        Wake();
        return true;
    }

    /// <summary>Runs work on the thread; at once where the caller is on it already.</summary>
    /// <exception cref="ObjectDisposedException">The thread is to end.</exception>
    public Task<T> RunAsync<T>(Func<Task<T>> work, TaskCreationOptions options = TaskCreationOptions.RunContinuationsAsynchronously)
    {
        var done = new TaskCompletionSource<T>(options);
        if (s_current == this)
        {
            Run(work, done);
        }
        else
        {
            ObjectDisposedException.ThrowIf(!TryPost(() => Run(work, done)), this);
        }

        return done.Task;
    }

    /// <summary>The thread ends when it has done what it was given.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isEnding = true;
        }

        Wake();
    }

    private static void Run<T>(Func<Task<T>> work, TaskCompletionSource<T> done)
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
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _isAwake, 1) == 0)
        {
            _wake.Set();
        }
    }

    private void Run()
    {
        s_current = this;
        while (true)
        {
            bool isEnding = _isEnding;
            while (_work.TryDequeue(out Action? work))
            {
                work();
            }

            if (isEnding)
            {
                return;
            }

            // Whoever gives work after this line wakes the thread; what came before it is seen by the check.
            Interlocked.Exchange(ref _isAwake, 0);
            if (_work.IsEmpty && !_isEnding)
            {
                _wake.WaitOne();
            }
        }
    }
}
