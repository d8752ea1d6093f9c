namespace Discovery.Testing;

/// <summary>A clock that moves only when told: the monotonic clock and the wall clock are controlled apart.</summary>
/// <remarks>Timers fire in the order (due time, creation), each at its exact due time, on the thread that moves the clock.</remarks>
public sealed class FakeTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly SortedSet<FakeTimer> _armed = new(FakeTimer.DueOrder);
    private readonly DateTimeOffset _start;
    private long _nowTicks;
    private long _wallOffsetTicks;
    private long _created;

    /// <summary>Creates a clock that stands at 2030-01-01T00:00:00Z.</summary>
    public FakeTimeProvider()
        : this(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Creates a clock that stands at <paramref name="start"/>.</summary>
    public FakeTimeProvider(DateTimeOffset start) => _start = start.ToUniversalTime();

    /// <summary>One tick of the timestamp is a tick of <see cref="TimeSpan"/>.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>UTC, so that no test depends on the machine.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Monotonic time since the clock was created.</summary>
    public TimeSpan Elapsed => new(Volatile.Read(ref _nowTicks));

    /// <summary>How many timers are armed.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_lock)
            {
                return _armed.Count;
            }
        }
    }

    /// <summary>When the next timer is due, in <see cref="Elapsed"/> time; null when none is armed.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_lock)
            {
                return _armed.Min is { } timer ? new TimeSpan(timer.DueTicks) : null;
            }
        }
    }

    /// <summary>Called before a timer is created, changed or disposed; the kernel watches for foreign threads with it.</summary>
    internal Action<string>? Touched { get; set; }

    /// <summary>Runs a timer's callback; the kernel runs it as a task of the scheduler.</summary>
    internal Action<Action>? Invoker { get; set; }

    /// <inheritdoc />
    public override long GetTimestamp() => Volatile.Read(ref _nowTicks);

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => _start.AddTicks(Volatile.Read(ref _nowTicks) + Volatile.Read(ref _wallOffsetTicks));

    /// <summary>Moves the wall clock only, forwards or back: no timer fires, the monotonic clock stands.</summary>
    public void JumpWall(TimeSpan by) => Interlocked.Add(ref _wallOffsetTicks, by.Ticks);

    /// <summary>Moves both clocks forward, stopping at every due time on the way to fire what is due there.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan target = Elapsed + by;
        while (NextDue is { } due && due <= target)
        {
            MoveTo(due);
            while (FireNextDue())
            {
            }
        }

        MoveTo(target);
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Touched?.Invoke(nameof(CreateTimer));
        FakeTimer timer = new(this, Interlocked.Increment(ref _created), callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves both clocks to <paramref name="elapsed"/> without firing anything.</summary>
    internal void MoveTo(TimeSpan elapsed)
    {
        if (elapsed.Ticks > _nowTicks)
        {
            Volatile.Write(ref _nowTicks, elapsed.Ticks);
        }
    }

    /// <summary>Fires the first timer that is due by now.</summary>
    /// <returns>False when none is due.</returns>
    internal bool FireNextDue()
    {
        FakeTimer timer;
        lock (_lock)
        {
            if (_armed.Min is not { } first || first.DueTicks > _nowTicks)
            {
                return false;
            }

            timer = first;
            _armed.Remove(timer);
            if (timer.PeriodTicks > 0)
            {
                timer.DueTicks += timer.PeriodTicks;
                _armed.Add(timer);
            }
        }

        if (Invoker is { } invoker)
        {
            invoker(timer.Fire);
        }
        else
        {
            timer.Fire();
        }

        return true;
    }

    internal void Arm(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _armed.Remove(timer);
            timer.PeriodTicks = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.DueTicks = _nowTicks + dueTime.Ticks;
                _armed.Add(timer);
            }
        }
    }

    internal void Disarm(FakeTimer timer)
    {
        lock (_lock)
        {
            _armed.Remove(timer);
        }
    }
}
