using System.Net;
using System.Net.Sockets;

namespace Discovery.Support;

/// <summary>A recursor over UDP and TCP whose replies a test makes; null is silence.</summary>
internal sealed class FakeRecursor : IAsyncDisposable
{
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<byte[], bool, byte[]?> _answer;
    private readonly Task[] _loops;
    private int _asked;

    public FakeRecursor(Func<byte[], bool, byte[]?> answer)
    {
        _answer = answer;
        (_udp, _tcp) = Bind();
        Endpoint = (IPEndPoint)_udp.LocalEndPoint!;
        _tcp.Listen();
        _loops = [RunUdpAsync(), RunTcpAsync()];
    }

    public IPEndPoint Endpoint { get; }

    public int Asked => Volatile.Read(ref _asked);

    /// <summary>The reply to a query with the given A records, question and OPT-less.</summary>
    public static byte[] Reply(byte[] query, int rcode, uint ttl, params string[] addresses)
    {
        int end = Wire.DnsQuery.EndOfName(query, 12, mayPoint: false) + 4;
        var bytes = new List<byte>(query[..end]) { [2] = 0x81, [3] = (byte)(0x80 | rcode), [7] = (byte)addresses.Length, [11] = 0 };
        foreach (string address in addresses)
        {
            bytes.AddRange([0xC0, 12, 0, 1, 0, 1, (byte)(ttl >> 24), (byte)(ttl >> 16), (byte)(ttl >> 8), (byte)ttl, 0, 4]);
            bytes.AddRange(IPAddress.Parse(address).GetAddressBytes());
        }

        return [.. bytes];
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        _udp.Dispose();
        _tcp.Dispose();
        _stopping.Dispose();
    }

    // The port that UDP is given may be one that TCP uses for something else: then another one.
    private static (Socket Udp, Socket Tcp) Bind()
    {
        while (true)
        {
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                tcp.Bind(udp.LocalEndPoint!);
                return (udp, tcp);
            }
            catch (SocketException)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private byte[]? Answer(byte[] query, bool isTcp)
    {
        Interlocked.Increment(ref _asked);
        return _answer(query, isTcp);
    }

    private async Task RunUdpAsync()
    {
        byte[] buffer = new byte[65_535];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await _udp.ReceiveFromAsync(
                    buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stopping.Token);
                if (Answer(buffer[..received.ReceivedBytes], false) is { } reply)
                {
                    await _udp.SendToAsync(reply, SocketFlags.None, received.RemoteEndPoint, _stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test has ended.
        }
    }

    private async Task RunTcpAsync()
    {
        try
        {
            while (true)
            {
                using Socket client = await _tcp.AcceptAsync(_stopping.Token);
                if (await RawClient.ReadAsync(client) is { } query && Answer(query, true) is { } reply)
                {
                    await client.SendAsync(QueryBuilder.Framed(reply), _stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test has ended.
        }
    }
}
