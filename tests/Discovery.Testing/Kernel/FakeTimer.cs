namespace Discovery.Testing;

/// <summary>A timer of <see cref="FakeTimeProvider"/>.</summary>
internal sealed class FakeTimer : ITimer
{
    private readonly FakeTimeProvider _owner;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly ExecutionContext? _context;
    private readonly long _created;
    private bool _disposed;

    internal FakeTimer(FakeTimeProvider owner, long created, TimerCallback callback, object? state)
    {
        _owner = owner;
        _created = created;
        _callback = callback;
        _state = state;
        _context = ExecutionContext.Capture();
    }

    internal static IComparer<FakeTimer> DueOrder { get; } = Comparer<FakeTimer>.Create(
        static (a, b) => a.DueTicks != b.DueTicks ? a.DueTicks.CompareTo(b.DueTicks) : a._created.CompareTo(b._created));

    internal long DueTicks { get; set; }

    internal long PeriodTicks { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        if (_disposed)
        {
            return false;
        }

        _owner.Touched?.Invoke(nameof(Change));
        _owner.Arm(this, dueTime, period);
        return true;
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _owner.Touched?.Invoke(nameof(Dispose));
            _owner.Disarm(this);
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal void Fire()
    {
        if (_disposed)
        {
            return;
        }

        if (_context is { } context)
        {
            ExecutionContext.Run(context, static timer => ((FakeTimer)timer!).Call(), this);
        }
        else
        {
            Call();
        }
    }

    private static void Check(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, value, "A timer takes zero, a positive span, or Timeout.InfiniteTimeSpan.");
        }
    }

    private void Call() => _callback(_state);
}
