using Discovery.Testing;

namespace Discovery.Simulation;

/// <summary>The clocks of one process: its monotonic clock runs at its own speed; a suspended process hears of no timer.</summary>
internal sealed class NodeClock(FakeTimeProvider world, double rate) : TimeProvider
{
    private readonly Queue<NodeTimer> _held = new();
    private TimeSpan _worldBase = world.Elapsed;
    private TimeSpan _localBase = TimeSpan.FromSeconds(1000) + world.Elapsed;
    private TimeSpan _wall;
    private double _rate = rate;
    private bool _isSuspended;
    private bool _isStopped;
    private bool _isDead;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    private TimeSpan Local => _isStopped ? _localBase : _localBase + ((world.Elapsed - _worldBase) * _rate);

    public override long GetTimestamp() => Local.Ticks;

    public override DateTimeOffset GetUtcNow() => world.GetUtcNow() + _wall;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new NodeTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void SetRate(double rate)
    {
        Rebase();
        _rate = rate;
    }

    /// <summary>Moves the wall clock only.</summary>
    public void JumpWall(TimeSpan by) => _wall += by;

    /// <summary>The process is suspended, as by SIGSTOP, or as a virtual machine is: then its monotonic clock stands still too.</summary>
    public void Suspend(bool stopsClock)
    {
        _isSuspended = true;
        Rebase();
        _isStopped = stopsClock;
    }

    /// <summary>It goes on: timers that came meanwhile are late, and fire after what was waiting to run.</summary>
    public void Resume()
    {
        if (_isStopped)
        {
            _isStopped = false;
            _worldBase = world.Elapsed;
        }

        _isSuspended = false;
        while (_held.TryDequeue(out NodeTimer? timer))
        {
            timer.FireSoon();
        }
    }

    public void Kill()
    {
        _isDead = true;
        _held.Clear();
    }

    private void Rebase()
    {
        _localBase = Local;
        _worldBase = world.Elapsed;
    }

    private sealed class NodeTimer : ITimer
    {
        private readonly NodeClock _clock;
        private readonly Action _callback;
        private readonly ITimer _timer;
        private TimeSpan _due;
        private TimeSpan _period;

        public NodeTimer(NodeClock clock, Action callback)
        {
            _clock = clock;
            _callback = callback;
            _timer = clock.World.CreateTimer(
                static state => ((NodeTimer)state!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
            }

            _due = _clock.Local + dueTime;
            return Arm(dueTime);
        }

        public void FireSoon() => _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        public void Dispose() => _timer.Dispose();

        public ValueTask DisposeAsync() => _timer.DisposeAsync();

        private bool Arm(TimeSpan left) => _timer.Change(
            new TimeSpan((long)Math.Ceiling(Math.Max(0, left.Ticks) / _clock._rate)), Timeout.InfiniteTimeSpan);

        private void OnDue()
        {
            if (_clock._isDead)
            {
                return;
            }

            if (_clock._isSuspended)
            {
                _clock._held.Enqueue(this);
                return;
            }

            // The clock may have been slower than it was when the timer was set.
            TimeSpan left = _due - _clock.Local;
            if (left > TimeSpan.Zero)
            {
                Arm(left);
                return;
            }

            if (_period > TimeSpan.Zero)
            {
                Change(_period, _period);
            }

            _callback();
        }
    }

    private FakeTimeProvider World => world;
}
