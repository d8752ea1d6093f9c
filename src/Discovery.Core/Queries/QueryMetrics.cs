using System.Diagnostics.Metrics;

namespace Discovery;

/// <summary>Counts blocked queries and what released them.</summary>
internal sealed class QueryMetrics
{
    private readonly Counter<long> _spurious;
    private int _blocked;
    private long _spuriousCount;

    public QueryMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create("Discovery.Core");
        meter.CreateObservableUpDownCounter(
            "discovery.core.query.blocked", () => Volatile.Read(ref _blocked), "{query}", "Blocking queries that wait now.");
        _spurious = meter.CreateCounter<long>(
            "discovery.core.query.spurious", "{query}", "Blocking queries released before their time with the body they began with.");
    }

    public int BlockedCount => Volatile.Read(ref _blocked);

    public long SpuriousCount => Interlocked.Read(ref _spuriousCount);

    public void Blocked() => Interlocked.Increment(ref _blocked);

    public void Unblocked() => Interlocked.Decrement(ref _blocked);

    public void Released(bool isSpurious)
    {
        if (isSpurious)
        {
            Interlocked.Increment(ref _spuriousCount);
            _spurious.Add(1);
        }
    }
}
