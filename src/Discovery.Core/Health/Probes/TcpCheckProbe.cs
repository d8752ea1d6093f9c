using System.Net.Security;
using System.Net.Sockets;

namespace Discovery.Health;

/// <summary>Passing when a connection (and a TLS handshake, if wanted) succeeds; nothing is sent.</summary>
internal sealed class TcpCheckProbe(HostPort target, ProbeTls? tls, TimeProvider time) : ICheckProbe
{
    public async ValueTask<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        Socket socket;
        try
        {
            socket = await ProbeSocket.ConnectAsync(target, time, cancellationToken);
        }
        catch (SocketException e)
        {
            return CheckResult.Critical($"dial tcp {target}: {e.Message}");
        }

        using (socket)
        {
            if (tls is not null)
            {
                await using SslStream stream = await tls.HandshakeAsync(socket, target.Host, cancellationToken);
            }
        }

        return CheckResult.Passing($"TCP connect {target}: Success");
    }
}
