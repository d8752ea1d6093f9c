using System.Net;
using System.Net.Sockets;

namespace Discovery.Testing;

/// <summary>Ports of loopback for processes that a test starts.</summary>
/// <remarks>
/// From below the range that the system gives out by itself (32768 and up on Linux): between the look here and the start of the process
/// no connection that anybody opens takes one. A port is given once.
/// </remarks>
public static class LoopbackPorts
{
    private const int FirstPort = 20_000;
    private const int PortCount = 12_000;

    // Two runs at once on one machine begin at different ports.
    private static int s_lastPort = Environment.ProcessId * 101;

    /// <summary>A port that nobody has, for TCP and UDP alike.</summary>
    public static int One()
    {
        while (true)
        {
            int port = FirstPort + ((Interlocked.Increment(ref s_lastPort) & int.MaxValue) % PortCount);
            if (IsFree(port))
            {
                return port;
            }
        }
    }

    /// <summary>Several such ports.</summary>
    /// <param name="count">How many.</param>
    public static int[] Take(int count) => [.. Enumerable.Range(0, count).Select(static _ => One())];

    private static bool IsFree(int port)
    {
        using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, port));
            udp.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
