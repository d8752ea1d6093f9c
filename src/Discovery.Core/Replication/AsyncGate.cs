namespace Discovery.Replication;

/// <summary>
/// Lets a limited number of callers in at a time, in the order of their arrival; waiters continue on their own scheduler.
/// </summary>
internal sealed class AsyncGate(int capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiters = new();
    private int _free = capacity;

    /// <summary>Waits for a place; every entry that did not throw is followed by one <see cref="Leave"/>.</summary>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource> node;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            node = _waiters.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        Action<CancellationToken> giveUp = GiveUp;
        using (cancellationToken.UnsafeRegister(static (state, token) => ((Action<CancellationToken>)state!)(token), giveUp))
        {
            await node.Value.Task;
        }

        void GiveUp(CancellationToken token)
        {
            lock (_lock)
            {
                if (node.List is null)
                {
                    return;
                }

                _waiters.Remove(node);
            }

            node.Value.TrySetCanceled(token);
        }
    }

    public void Leave()
    {
        TaskCompletionSource? next;
        lock (_lock)
        {
            next = _waiters.First?.Value;
            if (next is null)
            {
                _free++;
                return;
            }

            _waiters.RemoveFirst();
        }

        next.SetResult();
    }
}
