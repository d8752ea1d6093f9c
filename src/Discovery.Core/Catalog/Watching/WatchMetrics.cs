using System.Diagnostics.Metrics;

namespace Discovery.Catalog;

/// <summary>Counts watches, what they missed, and handlers that threw.</summary>
internal sealed class WatchMetrics
{
    private readonly Counter<long> _resyncs;
    private readonly Counter<long> _handlerFailures;
    private int _open;
    private long _resyncCount;
    private long _handlerFailureCount;

    public WatchMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create("Discovery.Core");
        meter.CreateObservableUpDownCounter(
            "discovery.core.watch.open", () => Volatile.Read(ref _open), "{watch}", "Service watches that are open now.");
        _resyncs = meter.CreateCounter<long>(
            "discovery.core.watch.resyncs", "{resync}", "Times that a watch had to be told everything anew.");
        _handlerFailures = meter.CreateCounter<long>(
            "discovery.core.watch.handler.failures", "{failure}", "Exceptions thrown by handlers of subscriptions.");
    }

    public int OpenCount => Volatile.Read(ref _open);

    public long ResyncCount => Interlocked.Read(ref _resyncCount);

    public long HandlerFailureCount => Interlocked.Read(ref _handlerFailureCount);

    public IDisposable Opened()
    {
        Interlocked.Increment(ref _open);
        return new Scope(this);
    }

    public void Resynced()
    {
        Interlocked.Increment(ref _resyncCount);
        _resyncs.Add(1);
    }

    public void HandlerFailed()
    {
        Interlocked.Increment(ref _handlerFailureCount);
        _handlerFailures.Add(1);
    }

    private sealed class Scope(WatchMetrics owner) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                Interlocked.Decrement(ref owner._open);
            }
        }
    }
}
