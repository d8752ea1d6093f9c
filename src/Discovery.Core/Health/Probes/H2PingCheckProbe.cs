using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;

namespace Discovery.Health;

/// <summary>Opens an HTTP/2 connection, sends a PING and waits for its acknowledgement (RFC 9113, sections 3.4, 6.5 and 6.7).</summary>
internal sealed class H2PingCheckProbe(HostPort target, ProbeTls? tls, TimeProvider time) : ICheckProbe
{
    private const int HeaderLength = 9;
    private const int FrameMax = 16384;
    private const int FramesMax = 1000;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte GoAway = 7;
    private const byte Ack = 1;

    private static readonly byte[] s_pingBody = "discover"u8.ToArray();

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

        if (tls is null)
        {
            await using var plain = new NetworkStream(socket, ownsSocket: true);
            return await PingAsync(plain, cancellationToken);
        }

        await using SslStream secure = await tls.HandshakeAsync(socket, target.Host, cancellationToken, SslApplicationProtocol.Http2);
        return secure.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2
            ? await PingAsync(secure, cancellationToken)
            : CheckResult.Critical($"{target} does not speak HTTP/2: it did not choose h2 in the handshake");
    }

    internal static async Task<CheckResult> PingAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] hello = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, []), .. Frame(Ping, 0, s_pingBody)];
        await stream.WriteAsync(hello, cancellationToken);
        var header = new byte[HeaderLength];
        var body = new byte[FrameMax];
        for (int frame = 0; frame < FramesMax; frame++)
        {
            await stream.ReadExactlyAsync(header, cancellationToken);
            int length = (header[0] << 16) | (header[1] << 8) | header[2];
            (byte type, byte flags) = (header[3], header[4]);
            bool onConnection = (BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(5)) & 0x7FFFFFFF) == 0;
            if (length > FrameMax || (frame == 0 && (type != Settings || (flags & Ack) != 0 || !onConnection)))
            {
                return CheckResult.Critical("HTTP2 ping failed: the answer is not HTTP/2");
            }

            await stream.ReadExactlyAsync(body.AsMemory(0, length), cancellationToken);
            switch (type)
            {
                case Settings when (flags & Ack) == 0:
                    await stream.WriteAsync(Frame(Settings, Ack, []), cancellationToken);
                    break;
                case Ping when (flags & Ack) != 0 && body.AsSpan(0, length).SequenceEqual(s_pingBody):
                    await SayGoodbyeAsync(stream, cancellationToken);
                    return CheckResult.Passing("HTTP2 ping was successful");
                case GoAway when length >= 8:
                    uint code = BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(4));
                    return CheckResult.Critical($"HTTP2 ping failed: the connection was closed with error code {code}");
            }
        }

        return CheckResult.Critical($"HTTP2 ping failed: no acknowledgement within {FramesMax} frames");
    }

    private static async Task SayGoodbyeAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(Frame(GoAway, 0, new byte[8]), cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The ping was answered; how the connection ends changes nothing.
        }
    }

    private static byte[] Frame(byte type, byte flags, ReadOnlySpan<byte> body)
    {
        var frame = new byte[HeaderLength + body.Length];
        frame[1] = (byte)(body.Length >> 8);
        frame[2] = (byte)body.Length;
        frame[3] = type;
        frame[4] = flags;
        body.CopyTo(frame.AsSpan(HeaderLength));
        return frame;
    }
}
