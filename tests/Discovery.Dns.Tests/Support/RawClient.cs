using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Discovery.Support;

/// <summary>Sends bytes and takes bytes, over UDP or TCP.</summary>
internal static class RawClient
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    /// <summary>The reply to a packet.</summary>
    public static async Task<byte[]> AskAsync(IPEndPoint server, byte[] packet, bool isTcp)
    {
        using var bound = new CancellationTokenSource(s_timeout);
        return isTcp ? await AskTcpAsync(server, packet, bound.Token) : await AskUdpAsync(server, packet, bound.Token);
    }

    public static async Task<ParsedMessage> AskAsync(IPEndPoint server, string name, string type, bool isTcp = false, int? size = null) =>
        new(await AskAsync(server, QueryBuilder.Make(name, type, size), isTcp));

    public static async Task<Socket> ConnectAsync(IPEndPoint server)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var bound = new CancellationTokenSource(s_timeout);
        await socket.ConnectAsync(server, bound.Token);
        return socket;
    }

    /// <summary>The next message of a connection; null when the server has closed it.</summary>
    public static async Task<byte[]?> ReadAsync(Socket socket)
    {
        using var bound = new CancellationTokenSource(s_timeout);
        return await ReadAsync(socket, bound.Token);
    }

    private static async Task<byte[]> AskUdpAsync(IPEndPoint server, byte[] packet, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken);
        await socket.SendAsync(packet, cancellationToken);
        byte[] buffer = new byte[65_535];
        int length = await socket.ReceiveAsync(buffer, cancellationToken);
        return buffer[..length];
    }

    private static async Task<byte[]> AskTcpAsync(IPEndPoint server, byte[] packet, CancellationToken cancellationToken)
    {
        using Socket socket = await ConnectAsync(server);
        await socket.SendAsync(QueryBuilder.Framed(packet), cancellationToken);
        return await ReadAsync(socket, cancellationToken) ?? throw new IOException("The connection was closed.");
    }

    private static async Task<byte[]?> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] length = new byte[2];
        if (!await FillAsync(socket, length, cancellationToken))
        {
            return null;
        }

        byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        return await FillAsync(socket, message, cancellationToken) ? message : null;
    }

    private static async Task<bool> FillAsync(Socket socket, Memory<byte> target, CancellationToken cancellationToken)
    {
        while (target.Length > 0)
        {
            int received;
            try
            {
                received = await socket.ReceiveAsync(target, cancellationToken);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                return false;
            }

            if (received == 0)
            {
                return false;
            }

            target = target[received..];
        }

        return true;
    }
}
