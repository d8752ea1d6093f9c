using System.Net;
using System.Net.Sockets;

namespace Discovery.Server;

/// <summary>Tells clients near by from those of the internet, from the bytes of a socket address: nothing is allocated.</summary>
internal static class ClientAddress
{
    private const int V4Offset = 4;
    private const int V6Offset = 8;

    /// <summary>Whether an address is loopback, private, link-local or unique local.</summary>
    public static bool IsNear(SocketAddress address)
    {
        ReadOnlySpan<byte> bytes = address.Buffer.Span;
        return address.Family == AddressFamily.InterNetwork
            ? IsNear(bytes.Slice(V4Offset, 4))
            : address.Family == AddressFamily.InterNetworkV6 && IsNear(bytes.Slice(V6Offset, 16));
    }

    public static bool IsNear(ReadOnlySpan<byte> address)
    {
        if (address.Length == 4)
        {
            return address[0] is 127 or 10
                || (address[0] == 172 && (address[1] & 0xF0) == 16)
                || (address[0] == 192 && address[1] == 168)
                || (address[0] == 169 && address[1] == 254);
        }

        bool isMapped = address[..10].IndexOfAnyExcept((byte)0) < 0 && address[10] == 0xFF && address[11] == 0xFF;
        return isMapped ? IsNear(address[12..])
            : (address[0] & 0xFE) == 0xFC
                || (address[0] == 0xFE && (address[1] & 0xC0) == 0x80)
                || (address[..15].IndexOfAnyExcept((byte)0) < 0 && address[15] == 1);
    }
}
