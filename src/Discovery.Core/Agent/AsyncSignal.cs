namespace Discovery.Agent;

/// <summary>Wakes one waiter; signals that come while nobody waits are one signal.</summary>
internal sealed class AsyncSignal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiter;
    private bool _isSet;

    public void Set()
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            waiter = _waiter;
            _waiter = null;
            _isSet = waiter is null;
        }

        waiter?.TrySetResult();
    }

    /// <summary>Waits for the next signal, or takes one that has come.</summary>
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
