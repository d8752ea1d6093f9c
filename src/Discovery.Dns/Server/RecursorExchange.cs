using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Discovery.Wire;

namespace Discovery.Server;

/// <summary>One question to one recursor, from a port and with an identity that nobody can guess.</summary>
internal static class RecursorExchange
{
    public static Task<byte[]> AskAsync(
        IPEndPoint recursor, byte[] packet, int questionEnd, bool isTcp, CancellationToken cancellationToken)
    {
        byte[] query = [.. packet];
        RandomNumberGenerator.Fill(query.AsSpan(0, 2));
        return isTcp
            ? AskTcpAsync(recursor, query, questionEnd, cancellationToken)
            : AskUdpAsync(recursor, query, questionEnd, cancellationToken);
    }

    private static async Task<byte[]> AskUdpAsync(IPEndPoint recursor, byte[] query, int questionEnd, CancellationToken cancellationToken)
    {
        // Connected, so that the system drops what comes from elsewhere; the port is the system's random choice.
        using var socket = new Socket(recursor.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(recursor, cancellationToken);
        await socket.SendAsync(query, cancellationToken);
        byte[] buffer = new byte[ushort.MaxValue];
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer, cancellationToken);
            if (DnsReply.Answers(buffer.AsSpan(0, length), query, questionEnd))
            {
                return buffer[..length];
            }
        }
    }

    private static async Task<byte[]> AskTcpAsync(IPEndPoint recursor, byte[] query, int questionEnd, CancellationToken cancellationToken)
    {
        using var socket = new Socket(recursor.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(recursor, cancellationToken);
        byte[] framed = new byte[2 + query.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed.AsSpan(2));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(framed, cancellationToken);
        await stream.ReadExactlyAsync(framed.AsMemory(0, 2), cancellationToken);
        byte[] reply = new byte[BinaryPrimitives.ReadUInt16BigEndian(framed)];
        await stream.ReadExactlyAsync(reply, cancellationToken);
        return DnsReply.Answers(reply, query, questionEnd)
            ? reply
            : throw new IOException("The reply is not to the question that was asked.");
    }
}
