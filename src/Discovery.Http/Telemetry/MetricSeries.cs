namespace Discovery.Telemetry;

/// <summary>One instrument with one set of labels: the interval that runs, the one before it, and the sums since the start.</summary>
internal sealed class MetricSeries(string name, string help, MetricKind kind, KeyValuePair<string, string>[] labels)
{
    private readonly Lock _lock = new();
    private MetricSummary _running;
    private MetricSummary _ended;
    private long _runningAt = -1;
    private double _value;
    private double _total;
    private long _count;
    private TimeSpan _updatedAt;

    public string Name { get; } = name;

    public string Help { get; } = help;

    public MetricKind Kind { get; } = kind;

    /// <summary>In ordinal order of their names.</summary>
    public KeyValuePair<string, string>[] Labels { get; } = labels;

    /// <summary>Adds a measurement; of an up-down counter the change.</summary>
    public void Add(double value, long interval, TimeSpan now)
    {
        lock (_lock)
        {
            Advance(interval);
            _value += value;
            _total += value;
            _count++;
            _updatedAt = now;
            _running.Add(value);
        }
    }

    /// <summary>Sets a gauge, or the sum of something that is counted elsewhere.</summary>
    public void Set(double value, long interval, TimeSpan now)
    {
        lock (_lock)
        {
            Advance(interval);
            double change = value - _total;
            _value = value;
            _total = value;
            _updatedAt = now;
            if (Kind != MetricKind.Counter)
            {
                _running.Add(value);
            }
            else if (change > 0)
            {
                _running.Add(change);
            }
        }
    }

    /// <summary>What was measured in the interval before this one.</summary>
    public MetricSummary EndedBefore(long interval)
    {
        lock (_lock)
        {
            Advance(interval);
            return _ended;
        }
    }

    /// <summary>What was measured since the start.</summary>
    public MetricTotals Totals
    {
        get
        {
            lock (_lock)
            {
                return new MetricTotals(_value, _total, _count, _updatedAt);
            }
        }
    }

    private void Advance(long interval)
    {
        if (interval != _runningAt)
        {
            _ended = interval == _runningAt + 1 ? _running : default;
            _running = default;
            _runningAt = interval;
        }
    }
}
