using System.Threading.Tasks.Sources;
using Discovery.State.Watching;

namespace Discovery;

/// <summary>
/// What one blocked query waits for: a change of its topics, the end of its time, the stop of the node, or that its caller goes.
/// </summary>
/// <remarks>
/// Armed from its creation on, so that no change between reading and waiting is missed. It says that something happened, and the query
/// reads again to see what. Thousands are woken by one change, so that one object is watcher, timer's state and awaited task.
/// </remarks>
internal sealed class QueryWait : IStateWatcher, IValueTaskSource, IDisposable
{
    private const int Quiet = 0;
    private const int Woken = 1;
    private const int Waiting = 2;

    private readonly StateWatches _watches;
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _stopping;
    private readonly CancellationTokenRegistration _cancelled;
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private int _state;
    private volatile bool _isOver;

    public QueryWait(
        StateMachine state,
        IReadOnlyList<StateTopic> topics,
        (TimeProvider Time, TimeSpan Limit) time,
        CancellationToken stopping,
        CancellationToken cancellationToken)
    {
        _watches = state.Watches;
        Topics = topics;
        _watches.Add(this);
        _timer = time.Time.CreateTimer(
            static wait => ((QueryWait)wait!).End(), this, time.Limit, Timeout.InfiniteTimeSpan);
        _stopping = stopping.UnsafeRegister(static wait => ((QueryWait)wait!).End(), this);
        _cancelled = cancellationToken.UnsafeRegister(static wait => ((QueryWait)wait!).Signal(), this);
    }

    public IReadOnlyList<StateTopic> Topics { get; private set; }

    /// <summary>The time has run out, or the node stops: whatever is read now is the answer.</summary>
    public bool IsOver => _isOver;

    /// <summary>Waits for other topics from now on.</summary>
    public void Follow(IReadOnlyList<StateTopic> topics)
    {
        _watches.Remove(this);
        Topics = topics;
        _watches.Add(this);
    }

    /// <summary>Completes when something has happened since the last wait, or since the creation. One wait at a time.</summary>
    public ValueTask WaitAsync()
    {
        _source.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Quiet) == Quiet)
        {
            return new ValueTask(this, _source.Version);
        }

        // What comes from here on is seen by the read that follows.
        Interlocked.Exchange(ref _state, Quiet);
        return ValueTask.CompletedTask;
    }

    /// <summary>Wakes the query; any thread, any number of times.</summary>
    public void Signal()
    {
        while (true)
        {
            // Whoever takes the wait out of waiting completes it; otherwise the next wait ends at once.
            if (Interlocked.CompareExchange(ref _state, Woken, Quiet) != Waiting)
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _state, Quiet, Waiting) == Waiting)
            {
                _source.SetResult(true);
                return;
            }
        }
    }

    public void Dispose()
    {
        _watches.Remove(this);
        _timer.Dispose();
        _stopping.Dispose();
        _cancelled.Dispose();
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void End()
    {
        _isOver = true;
        Signal();
    }
}
