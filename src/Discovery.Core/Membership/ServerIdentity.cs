using System.Net;
using System.Net.Sockets;
using Discovery.Catalog;

namespace Discovery.Membership;

/// <summary>What Consul's servers add to their node's row.</summary>
internal static class ServerIdentity
{
    private const string SegmentKey = "consul-network-segment";

    public static StringMap Meta(IEnumerable<KeyValuePair<string, string>> own) => StringMap.From(
        own.Where(static pair => pair.Key != SegmentKey).Append(KeyValuePair.Create(SegmentKey, "")));

    /// <summary>The addresses by pool, and again by pool and family where they are IP addresses.</summary>
    public static StringMap TaggedAddresses(string lan, string wan)
    {
        var tagged = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string pool, string address) in (ReadOnlySpan<(string, string)>)[("lan", lan), ("wan", wan)])
        {
            tagged[pool] = address;
            if (IPAddress.TryParse(address, out IPAddress? ip))
            {
                tagged[ip.AddressFamily == AddressFamily.InterNetwork ? $"{pool}_ipv4" : $"{pool}_ipv6"] = address;
            }
        }

        return StringMap.From(tagged);
    }
}
