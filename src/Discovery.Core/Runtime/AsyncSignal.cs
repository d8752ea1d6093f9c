namespace Discovery;

/// <summary>Wakes one waiter; signals that come while nobody waits are one signal.</summary>
public sealed class AsyncSignal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiter;
    private bool _isSet;

    /// <summary>Wakes the waiter, or the next one at once.</summary>
    public void Set()
    {
        lock (_lock)
        {
            // A wait that was cancelled takes no signal: the next one does.
            _isSet = _waiter is null || !_waiter.TrySetResult();
            _waiter = null;
        }
    }

    /// <summary>Waits for the next signal, or takes one that has come. One wait at a time.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_isSet)
            {
                _isSet = false;
                return;
            }

            Invariant.Check(_waiter is null || _waiter.Task.IsCompleted, "two waits for one signal");
            _waiter = waiter;
        }

        using (cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter))
        {
            await waiter.Task;
        }
    }
}
