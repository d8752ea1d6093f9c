using System.Threading.Tasks.Sources;

namespace Discovery;

/// <summary>Wakes one waiter; signals that come while nobody waits are one signal. Waiting allocates nothing.</summary>
public sealed class AsyncSignal : IValueTaskSource
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _wait;
    private CancellationTokenRegistration _cancellation;
    private bool _isWaiting;
    private bool _isSet;

    /// <summary>Creates a signal that is not set.</summary>
    /// <param name="wakesInline">
    /// Whether the waiter goes on inside of <see cref="Set"/>, before that returns; otherwise it does on the thread pool, or on the task
    /// scheduler that it waits on.
    /// </param>
    public AsyncSignal(bool wakesInline = false) => _wait.RunContinuationsAsynchronously = !wakesInline;

    /// <summary>Wakes the waiter, or the next one at once.</summary>
    public void Set()
    {
        lock (_lock)
        {
            _isSet = !_isWaiting;
            if (_isSet)
            {
                return;
            }

            _isWaiting = false;
        }

        _wait.SetResult(true);
    }

    /// <summary>Waits for the next signal, or takes one that has come. One wait at a time, and each is awaited once.</summary>
    /// <param name="cancellationToken">Ends the wait; it takes no signal then.</param>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isSet)
            {
                _isSet = false;
                return ValueTask.CompletedTask;
            }

            Invariant.Check(!_isWaiting, "two waits for one signal");
            _wait.Reset();
            _isWaiting = true;
        }

        _cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((AsyncSignal)state!).Cancel(token), this);
        return new ValueTask(this, _wait.Version);
    }

    void IValueTaskSource.GetResult(short token)
    {
        // Waits for a cancellation that is just running: it must not meet the next wait.
        _cancellation.Dispose();
        _cancellation = default;
        _wait.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken token)
    {
        lock (_lock)
        {
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _wait.SetException(new OperationCanceledException(token));
    }
}
