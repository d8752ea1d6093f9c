using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace Discovery.Telemetry;

/// <summary>Listens to the node's meters and sums up, by instrument and labels.</summary>
/// <remarks>
/// The number of series is limited: what a further set of labels would measure is counted in one series that says so. Only the meters of
/// this node's own container are listened to, so that several nodes in one process stay apart.
/// </remarks>
internal sealed class MetricsCollector : IDisposable
{
    private const string MeterPrefix = "Discovery";

    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly HttpApiOptions _options;
    private long _dropped;

    public MetricsCollector(NodeRuntime runtime, IMeterFactory meters, IOptions<HttpApiOptions> options)
    {
        _time = runtime.Time;
        _startedAt = _time.GetTimestamp();
        _options = options.Value;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal)
                && (instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, meters)))
            {
                listener.EnableMeasurementEvents(instrument, new InstrumentSeries(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, known) => Record(known, value, tags));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, known) => Record(known, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, known) => Record(known, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, known) => Record(known, value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, known) => Record(known, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, known) => Record(known, value, tags));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, known) => Record(known, (double)value, tags));
        _listener.Start();
    }

    /// <summary>How many measurements found no room for a series of their own.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>How long the collector has been listening.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_startedAt);

    /// <summary>How long an interval is.</summary>
    public TimeSpan IntervalLength => _options.MetricsInterval;

    /// <summary>The number of the interval that runs.</summary>
    public long Interval => Now.Ticks / IntervalLength.Ticks;

    /// <summary>The wall clock time at which an interval began.</summary>
    public DateTimeOffset BeginOf(long interval) => _time.GetUtcNow() - Now + (interval * IntervalLength);

    /// <summary>All series, by name and labels, after asking the instruments that are asked rather than tell.</summary>
    public IReadOnlyList<MetricSeries> Read()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException)
        {
            // An instrument that fails is not shown; the others are.
        }

        RuntimeMetrics.Record(this);
        return [.. _series.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => pair.Value)];
    }

    /// <summary>Sets a value that no instrument tells.</summary>
    public void Set(string name, string help, MetricKind kind, double value) =>
        Find(name, help, kind, [])?.Set(value, Interval, Now);

    public void Dispose() => _listener.Dispose();

    private void Record(object? known, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var instrument = (InstrumentSeries)known!;
        MetricSeries? series = instrument.Find(tags);
        if (series is null && (series = Find(instrument.Name, instrument.Help, instrument.Kind, tags)) is not null)
        {
            instrument.Remember(tags, series);
        }

        if (series is null)
        {
            Interlocked.Increment(ref _dropped);
        }
        else if (instrument.IsChange)
        {
            series.Add(value, Interval, Now);
        }
        else
        {
            series.Set(value, Interval, Now);
        }
    }

    private MetricSeries? Find(string name, string help, MetricKind kind, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return _series.TryGetValue(name, out MetricSeries? plain) ? plain : Add(name, name, help, kind, []);
        }

        KeyValuePair<string, string>[] labels = new KeyValuePair<string, string>[tags.Length];
        for (int i = 0; i < tags.Length; i++)
        {
            labels[i] = new(tags[i].Key, Convert.ToString(tags[i].Value, CultureInfo.InvariantCulture) ?? "");
        }

        Array.Sort(labels, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        string key = $"{name}\0{string.Join('\0', labels)}";
        return _series.TryGetValue(key, out MetricSeries? series) ? series : Add(key, name, help, kind, labels);
    }

    private MetricSeries? Add(string key, string name, string help, MetricKind kind, KeyValuePair<string, string>[] labels) =>
        _series.Count < _options.MetricSeriesMax
            ? _series.GetOrAdd(key, new MetricSeries(name, help, kind, labels))
            : null;
}
