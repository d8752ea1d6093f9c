using System.Net.Sockets;

namespace Discovery.Transport;

/// <summary>What the system has taken in of a connection and nobody has read.</summary>
internal static class UnreadBytes
{
    /// <summary>Whether there is something; false when that cannot be told.</summary>
    public static bool AreIn(Stream? wire)
    {
        try
        {
            return wire is NetworkStream network && network.Socket.Available > 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
