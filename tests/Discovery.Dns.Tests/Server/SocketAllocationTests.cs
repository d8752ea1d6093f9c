using System.Net;
using System.Net.Sockets;
using Discovery.Support;

namespace Discovery.Server;

/// <summary>What a query over UDP allocates, sockets and counters included.</summary>
[Trait("Kind", "RealSockets")]
public sealed class SocketAllocationTests
{
    [Theory]
    [InlineData("web.service.consul", "A")]
    [InlineData("ds.service.consul", "AAAA")]
    [InlineData("web.service.consul", "SRV")]
    [InlineData("n1.node.consul", "A")]
    [InlineData("nope.service.consul", "A")]
    public async Task ServeOne_Warm_AllocatesNothing(string name, string type)
    {
        await using DnsHost host = await DnsHost.StartAsync();
        using var listener = new UdpListener(host.Get<DnsEngine>(), new IPEndPoint(IPAddress.Loopback, 0));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(listener.Endpoint);
        byte[] packet = QueryBuilder.Make(name, type, 4096);
        byte[] buffer = new byte[65_535];
        var client = new SocketAddress(AddressFamily.InterNetwork);
        Run(listener, socket, packet, buffer, client);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(listener, socket, packet, buffer, client);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // One thread is client and listener in turn, so that what it allocates is all there is.
    private static void Run(UdpListener listener, Socket socket, byte[] packet, byte[] buffer, SocketAddress client)
    {
        for (int i = 0; i < 500; i++)
        {
            socket.Send(packet);
            listener.ServeOne(buffer, client);
            if (socket.Receive(buffer) == 0)
            {
                throw new InvalidOperationException("No reply.");
            }
        }
    }
}
