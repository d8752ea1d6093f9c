using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Discovery.Rpc;

/// <summary>Dials over TCP.</summary>
internal sealed class NodeConnector(NodeRuntime runtime, IOptions<RpcOptions> options) : INodeConnector
{
    public async ValueTask<NodeConnection> ConnectAsync(
        string host, int port, byte protocol, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        TimeSpan timeout = options.Value.DialTimeout;
        using var deadline = new CancellationTokenSource(timeout, runtime.Time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            RpcSockets.Configure(socket);
            await socket.ConnectAsync(host, port, bound.Token);
            NodeConnection connection = RpcSockets.Wrap(socket);
            await connection.Stream.WriteAsync(new[] { protocol }, bound.Token);
            return connection;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ArgumentException)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            string reason = e is OperationCanceledException ? $"no connection within {timeout}" : e.Message;
            throw new DiscoveryException(
                DiscoveryError.PeerUnreachable,
                string.Create(CultureInfo.InvariantCulture, $"No node is reached at {host}:{port}: {reason}"),
                WriteOutcome.NotApplied,
                e);
        }
    }
}
