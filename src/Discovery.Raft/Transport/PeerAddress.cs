using System.Globalization;

namespace Discovery.Transport;

/// <summary>Where a server's RPC port is.</summary>
/// <param name="Host">An IP address or a host name.</param>
/// <param name="Port">The port.</param>
internal readonly record struct PeerAddress(string Host, int Port)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
