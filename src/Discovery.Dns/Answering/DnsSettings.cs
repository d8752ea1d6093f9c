using System.Collections.Frozen;
using System.Text;
using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>The options as answering needs them: immutable, with names encoded; made anew when options change.</summary>
internal sealed class DnsSettings
{
    private readonly FrozenDictionary<string, uint>.AlternateLookup<ReadOnlySpan<char>> _exactTtl;
    private readonly (string Prefix, uint Ttl)[] _prefixTtl;
    private readonly bool _hasExactTtl;

    /// <param name="options">The options.</param>
    /// <param name="datacenter">The datacenter of the node.</param>
    /// <param name="atStart">The options that the domains are taken from, when those are others.</param>
    public DnsSettings(DnsOptions options, string datacenter, DnsOptions? atStart = null)
    {
        atStart ??= options;
        Datacenter = datacenter;
        Domain = DnsName.TryEncode(atStart.Domain.ToLowerInvariant())!;
        AltDomain = atStart.AltDomain is { Length: > 0 } alternative ? DnsName.TryEncode(alternative.ToLowerInvariant()) : null;
        DatacenterLabel = Encoding.UTF8.GetBytes(datacenter.ToLowerInvariant());
        HasRecursors = options.Recursors.Count > 0;
        NodeTtl = Seconds(options.NodeTtl);
        var exact = new Dictionary<string, uint>(StringComparer.Ordinal);
        var prefixes = new List<(string Prefix, uint Ttl)>();
        foreach ((string name, TimeSpan ttl) in options.ServiceTtl)
        {
            string folded = name.ToLowerInvariant();
            if (folded.EndsWith('*'))
            {
                prefixes.Add((folded[..^1], Seconds(ttl)));
            }
            else
            {
                exact[folded] = Seconds(ttl);
            }
        }

        _hasExactTtl = exact.Count > 0;
        _exactTtl = exact.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _prefixTtl =
        [
            .. prefixes.OrderByDescending(static pair => pair.Prefix.Length).ThenBy(static pair => pair.Prefix, StringComparer.Ordinal),
        ];
        OnlyPassing = options.OnlyPassing;
        UdpAnswerLimit = options.UdpAnswerLimit;
        ARecordLimit = options.ARecordLimit;
        TellsTruncation = options.EnableTruncate;
        Compresses = !options.DisableCompression;
        AddsNodeTexts = options.EnableAdditionalNodeMetaTxt;
        SoaRefresh = Seconds(options.Soa.Refresh);
        SoaRetry = Seconds(options.Soa.Retry);
        SoaExpire = Seconds(options.Soa.Expire);
        SoaMinTtl = Seconds(options.Soa.MinTtl);
        HasQuirks = options.Consul187Quirks;
    }

    public string Datacenter { get; }

    public byte[] Domain { get; }

    public byte[]? AltDomain { get; }

    public byte[] DatacenterLabel { get; }

    public bool HasRecursors { get; }

    public uint NodeTtl { get; }

    public bool OnlyPassing { get; }

    public int UdpAnswerLimit { get; }

    public int ARecordLimit { get; }

    public bool TellsTruncation { get; }

    public bool Compresses { get; }

    public bool AddsNodeTexts { get; }

    public uint SoaRefresh { get; }

    public uint SoaRetry { get; }

    public uint SoaExpire { get; }

    public uint SoaMinTtl { get; }

    /// <summary>Whether to answer as Consul 1.8.7, its deviations from the RFCs included.</summary>
    public bool HasQuirks { get; }

    /// <summary>The time to live of answers about a service.</summary>
    /// <param name="service">Its name in lower case.</param>
    public uint ServiceTtl(ReadOnlySpan<char> service)
    {
        if (_hasExactTtl && _exactTtl.TryGetValue(service, out uint ttl))
        {
            return ttl;
        }

        foreach ((string prefix, uint prefixTtl) in _prefixTtl)
        {
            if (service.StartsWith(prefix, StringComparison.Ordinal))
            {
                return prefixTtl;
            }
        }

        return 0;
    }

    private static uint Seconds(TimeSpan time) => (uint)Math.Min(time.TotalSeconds, int.MaxValue);
}
