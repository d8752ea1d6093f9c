namespace Discovery.Driver;

/// <summary>Those who wait until this node has applied the log up to an index.</summary>
internal sealed class IndexWaiters
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<TaskCompletionSource<bool>, ulong> _waiting = new();
    private ulong _reached;
    private bool _isClosed;

    /// <summary>The index that has been reached.</summary>
    public ulong Reached => Volatile.Read(ref _reached);

    /// <summary>True once the index is reached; false when it never will be.</summary>
    public Task<bool> WaitAsync(ulong index, CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_reached >= index || _isClosed)
            {
                return Task.FromResult(_reached >= index);
            }

            _waiting.Enqueue(waiter, index);
        }

        return waiter.Task.WaitAsync(cancellationToken);
    }

    public void Reach(ulong index)
    {
        List<TaskCompletionSource<bool>> woken = [];
        lock (_lock)
        {
            Volatile.Write(ref _reached, Math.Max(_reached, index));
            while (_waiting.TryPeek(out _, out ulong next) && next <= _reached)
            {
                woken.Add(_waiting.Dequeue());
            }
        }

        woken.ForEach(static waiter => waiter.TrySetResult(true));
    }

    /// <summary>Nothing more will be applied.</summary>
    public void Close()
    {
        List<TaskCompletionSource<bool>> woken = [];
        lock (_lock)
        {
            _isClosed = true;
            while (_waiting.TryDequeue(out TaskCompletionSource<bool>? waiter, out _))
            {
                woken.Add(waiter);
            }
        }

        woken.ForEach(static waiter => waiter.TrySetResult(false));
    }
}
