using System.Diagnostics.Metrics;
using Discovery.Testing;

namespace Discovery.Transport;

/// <summary>Sums a counter of one server by the value of its last tag.</summary>
internal sealed class CountListener : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _sums = new(StringComparer.Ordinal);

    public CountListener(TestMeterFactory meters, string instrument)
    {
        _listener.InstrumentPublished = (published, own) =>
        {
            if (published.Name == instrument && meters.Created.Contains(published.Meter))
            {
                own.EnableMeasurementEvents(published);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            lock (_lock)
            {
                string key = tags.Length == 0 ? "" : (string)tags[^1].Value!;
                _sums[key] = _sums.GetValueOrDefault(key) + count;
            }
        });
        _listener.Start();
    }

    public long this[string tag]
    {
        get
        {
            lock (_lock)
            {
                return _sums.GetValueOrDefault(tag);
            }
        }
    }

    public void Dispose() => _listener.Dispose();
}
