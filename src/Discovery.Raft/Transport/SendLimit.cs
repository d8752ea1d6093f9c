using System.Net.Sockets;

namespace Discovery.Transport;

/// <summary>Keeps the system from taking megabytes ahead of what it can send: a heartbeat would wait behind all of them.</summary>
internal static class SendLimit
{
    private const int TcpLevel = 6;
    private const int NotSentLowWater = 25;
    private const int Bytes = 2 * FrameFormat.ContentBytesMax;

    /// <summary>Limits what waits unsent in the socket, where the system can (Linux, TCP_NOTSENT_LOWAT).</summary>
    public static void Set(Stream stream)
    {
        if (stream is not NetworkStream network || !OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            network.Socket.SetRawSocketOption(TcpLevel, NotSentLowWater, BitConverter.GetBytes(Bytes));
        }
        catch (SocketException)
        {
            // An old kernel: heartbeats wait a little longer there.
        }
    }
}
