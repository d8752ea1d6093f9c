using System.Net;
using System.Net.Sockets;

namespace Discovery.Health;

/// <summary>Sends an empty datagram. Passing on any answer, and on silence until the time limit; critical when it is refused.</summary>
internal sealed class UdpCheckProbe(HostPort target) : ICheckProbe
{
    public async ValueTask<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await ProbeSocket.ResolveAsync(target.Host, cancellationToken);
        using var socket = new Socket(addresses[0].AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(addresses[0], target.Port), cancellationToken);
            await socket.SendAsync(ReadOnlyMemory<byte>.Empty, SocketFlags.None, cancellationToken);
        }
        catch (SocketException e)
        {
            return CheckResult.Critical($"dial udp {target}: {e.Message}");
        }

        try
        {
            await socket.ReceiveAsync(new byte[1], SocketFlags.None, cancellationToken);
        }
        catch (SocketException e) when (e.SocketErrorCode != SocketError.MessageSize)
        {
            return CheckResult.Critical($"read udp {target}: {e.Message}");
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Silence, or an answer longer than the buffer (Windows says so): somebody may be there.
        }

        return CheckResult.Passing($"UDP connect {target}: Success");
    }
}
