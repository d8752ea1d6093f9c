using Discovery.State.Watching;

namespace Discovery;

/// <summary>
/// Waits for changes of a handful of topics. Armed from its creation on, so that no change between reading and waiting is missed.
/// </summary>
/// <remarks>
/// Open the watch, read <see cref="StateMachine.Current"/>, wait, read again. One wait at a time. It says that something has changed, not
/// what: <see cref="StateMachine.TryReadChanges"/> tells that.
/// </remarks>
public sealed class StateWatch : IStateWatcher, IDisposable
{
    private readonly StateWatches _owner;
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiter;
    private bool _signalled;
    private bool _disposed;

    private StateWatch(StateWatches owner, IReadOnlyList<StateTopic> topics)
    {
        _owner = owner;
        Topics = topics;
    }

    /// <summary>The topics.</summary>
    public IReadOnlyList<StateTopic> Topics { get; }

    /// <summary>Begins to watch.</summary>
    /// <param name="state">The state machine.</param>
    /// <param name="topics">The topics; a handful.</param>
    public static StateWatch Open(StateMachine state, IReadOnlyList<StateTopic> topics)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(topics);
        var watch = new StateWatch(state.Watches, topics);
        state.Watches.Add(watch);
        return watch;
    }

    /// <summary>Completes when a topic has changed since the last completed wait (or since the creation of the watch).</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ObjectDisposedException">The watch was disposed.</exception>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource waiter;
        lock (_lock)
        {
            if (_signalled)
            {
                _signalled = false;
                return;
            }

            ObjectDisposedException.ThrowIf(_disposed, this);
            Invariant.Check(_waiter is null, "two waits on one watch");
            waiter = _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        using (cancellationToken.UnsafeRegister(static (state, token) => ((StateWatch)state!).Cancel(token), this))
        {
            await waiter.Task;
        }
    }

    void IStateWatcher.Signal()
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            waiter = _waiter;
            _waiter = null;
            _signalled = waiter is null;
        }

        waiter?.TrySetResult();
    }

    /// <summary>Ends the watch and a wait that is under way.</summary>
    public void Dispose()
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            waiter = _waiter;
            _waiter = null;
        }

        _owner.Remove(this);
        waiter?.TrySetException(new ObjectDisposedException(nameof(StateWatch)));
    }

    private void Cancel(CancellationToken token)
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            waiter = _waiter;
            _waiter = null;
        }

        waiter?.TrySetCanceled(token);
    }
}
