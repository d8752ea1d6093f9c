using System.Net;
using System.Net.Sockets;

namespace Discovery.Node.Talk;

/// <summary>A DNS server that answers every question with 192.0.2.7.</summary>
internal sealed class FakeRecursor : IAsyncDisposable
{
    private readonly UdpClient _client = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Task _loop;

    public FakeRecursor() => _loop = AnswerAsync();

    public string Address => _client.Client.LocalEndPoint!.ToString()!;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _loop;
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                UdpReceiveResult query = await _client.ReceiveAsync();
                await _client.SendAsync(Reply(query.Buffer), query.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    // The question again, and one record that points at its name: A, class IN, 60 seconds, four bytes.
    private static byte[] Reply(byte[] query)
    {
        int end = 12;
        while (query[end] != 0)
        {
            end += query[end] + 1;
        }

        end += 5;
        byte[] header = [query[0], query[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
        return [.. header, .. query[12..end], 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7];
    }
}
