using System.Diagnostics.Metrics;

namespace Discovery.Server;

/// <summary>The meter Discovery.Dns. Queries are counted per listener and added up when somebody reads.</summary>
internal sealed class DnsMetrics
{
    private readonly Lock _lock = new();
    private readonly List<QueryCounts> _all = [];
    private readonly Histogram<double> _recursion;
    private readonly Counter<long> _cacheHits;
    private readonly UpDownCounter<long> _connections;

    public DnsMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create("Discovery.Dns");
        meter.CreateObservableCounter("discovery.dns.queries", Replies, "{query}", "Replies sent, by type, response code and transport.");
        meter.CreateObservableCounter(
            "discovery.dns.queries.truncated", () => Sum(static one => one.Truncated), "{query}", "Replies that bade the client use TCP.");
        meter.CreateObservableCounter(
            "discovery.dns.queries.dropped", () => Sum(static one => one.Dropped), "{packet}", "Packets that were not answered.");
        _recursion = meter.CreateHistogram<double>("discovery.dns.recursor.duration", "s", "How long recursors took, by outcome.");
        _cacheHits = meter.CreateCounter<long>(
            "discovery.dns.recursor.cached", "{query}", "Questions answered from what a recursor said before.");
        _connections = meter.CreateUpDownCounter<long>("discovery.dns.connections", "{connection}", "TCP connections that are open.");
    }

    public QueryCounts Add(string transport)
    {
        var counts = new QueryCounts(transport);
        lock (_lock)
        {
            _all.Add(counts);
        }

        return counts;
    }

    public void Recursed(TimeSpan duration, string outcome) =>
        _recursion.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));

    public void CacheHit() => _cacheHits.Add(1);

    public void ConnectionsChanged(int by) => _connections.Add(by);

    private QueryCounts[] All()
    {
        lock (_lock)
        {
            return [.. _all];
        }
    }

    private List<Measurement<long>> Replies()
    {
        var measurements = new List<Measurement<long>>();
        foreach (IGrouping<string, QueryCounts> transport in All().GroupBy(static one => one.Transport))
        {
            for (int i = 0; i < QueryCounts.Types.Length * QueryCounts.Rcodes.Length; i++)
            {
                (int type, int rcode) = Math.DivRem(i, QueryCounts.Rcodes.Length);
                long count = transport.Sum(one => one.Count(type, rcode));
                if (count > 0)
                {
                    measurements.Add(new Measurement<long>(
                        count,
                        new("type", QueryCounts.Types[type]),
                        new("rcode", QueryCounts.Rcodes[rcode]),
                        new("transport", transport.Key)));
                }
            }
        }

        return measurements;
    }

    private IEnumerable<Measurement<long>> Sum(Func<QueryCounts, long> select) =>
        All().GroupBy(static one => one.Transport)
            .Select(transport => new Measurement<long>(
                transport.Sum(select), new KeyValuePair<string, object?>("transport", transport.Key)));
}
