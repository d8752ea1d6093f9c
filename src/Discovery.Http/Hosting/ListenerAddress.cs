using System.Globalization;
using System.Net;

namespace Discovery.Hosting;

/// <summary>Reads the addresses that a started server tells. Pure.</summary>
/// <remarks>
/// Kestrel's rules: an IP address binds to that; localhost to both loopback addresses; any other host, a star and a plus to all addresses.
/// Addresses of the whole machine come before loopback ones, https before http, then as the server tells them.
/// </remarks>
internal static class ListenerAddress
{
    public static IReadOnlyList<AdvertisedAddress> Parse(IEnumerable<string> addresses) =>
        [.. addresses.Select(Parse).OfType<AdvertisedAddress>().Distinct()
            .OrderBy(static address => IsLoopback(address.Host))
            .ThenByDescending(static address => address.Scheme == "https")];

    private static AdvertisedAddress? Parse(string address)
    {
        int end = address.IndexOf("://", StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        string scheme = address[..end].ToLowerInvariant();
        string authority = address[(end + 3)..];
        bool isSocket = authority.StartsWith("unix:", StringComparison.OrdinalIgnoreCase)
            || authority.StartsWith("pipe:", StringComparison.OrdinalIgnoreCase);
        if (isSocket || scheme is not ("http" or "https"))
        {
            return null;
        }

        int slash = authority.IndexOf('/', StringComparison.Ordinal);
        authority = slash < 0 ? authority : authority[..slash];
        int colon = authority.LastIndexOf(':');
        bool hasPort = colon > authority.LastIndexOf(']');
        int port = scheme == "https" ? 443 : 80;
        if (hasPort && !int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
        {
            return null;
        }

        // A port of 0 is one that the server has not bound: the real one is not known.
        return port is > 0 and <= 65_535 ? new AdvertisedAddress(scheme, HostOf(hasPort ? authority[..colon] : authority), port) : null;
    }

    private static string? HostOf(string host)
    {
        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            return IPAddress.Loopback.ToString();
        }

        return IPAddress.TryParse(host, out IPAddress? ip) && !ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any)
            ? ip.ToString()
            : null;
    }

    private static bool IsLoopback(string? host) => host is not null && IPAddress.IsLoopback(IPAddress.Parse(host));
}
