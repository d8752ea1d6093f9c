using Discovery.Wire;

namespace Discovery.Server;

/// <summary>The counts of one listener: written by whoever answers there, summed by who reads the metrics.</summary>
internal sealed class QueryCounts(string transport)
{
    public static readonly string[] Types = ["A", "AAAA", "SRV", "TXT", "PTR", "SOA", "NS", "ANY", "other"];
    public static readonly string[] Rcodes = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "other"];

    private readonly long[] _replies = new long[Types.Length * Rcodes.Length];
    private long _truncated;
    private long _dropped;

    public string Transport => transport;

    public long Truncated => Interlocked.Read(ref _truncated);

    public long Dropped => Interlocked.Read(ref _dropped);

    public void Replied(int type, int rcode, bool isTruncated)
    {
        int index = (TypeIndex(type) * Rcodes.Length) + Math.Min(rcode, Rcodes.Length - 1);
        Interlocked.Increment(ref _replies[index]);
        if (isTruncated)
        {
            Interlocked.Increment(ref _truncated);
        }
    }

    public void DroppedOne() => Interlocked.Increment(ref _dropped);

    public long Count(int type, int rcode) => Interlocked.Read(ref _replies[(type * Rcodes.Length) + rcode]);

    private static int TypeIndex(int type) => type switch
    {
        DnsType.A => 0,
        DnsType.AAAA => 1,
        DnsType.SRV => 2,
        DnsType.TXT => 3,
        DnsType.PTR => 4,
        DnsType.SOA => 5,
        DnsType.NS => 6,
        DnsType.ANY => 7,
        _ => 8,
    };
}
