using System.Globalization;

namespace Discovery.Transport;

/// <summary>Where a server's RPC port is.</summary>
/// <param name="Host">An IP address or a host name.</param>
/// <param name="Port">The port.</param>
internal readonly record struct PeerAddress(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>; an IPv6 address stands in brackets.</summary>
    public static bool TryParse(string text, out PeerAddress address)
    {
        int colon = text.LastIndexOf(':');
        ReadOnlySpan<char> host = text.AsSpan(0, Math.Max(colon, 0));
        bool isBracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        host = isBracketed ? host[1..^1] : host;
        bool isHost = !host.IsEmpty && host.IndexOfAny('[', ']', '/') < 0 && (isBracketed || !host.Contains(':'));
        bool isPort = ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0;
        address = new PeerAddress(host.ToString(), port);
        return isHost && isPort;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
