using System.Net;
using System.Net.Sockets;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Discovery.Rpc;

/// <summary>One port, whose first byte selects who serves the connection.</summary>
[Trait("Kind", "RealSockets")]
public sealed class RpcListenerTests
{
    [Fact]
    public async Task Accept_RegisteredByte_ItsHandlerServes()
    {
        await using RpcNode node = await RpcNode.StartAsync(null, new EchoHandler());
        await using NodeConnection client = await node.DialAsync(0x52);
        await client.Stream.WriteAsync("hello"u8.ToArray());
        byte[] reply = new byte[5];
        await client.Stream.ReadExactlyAsync(reply);
        Assert.Equal("hello"u8.ToArray(), reply);
        Assert.Equal(node.Endpoint, client.Remote);
    }

    [Theory]
    [InlineData(0x16, "a TLS handshake")]
    [InlineData(1, "Consul's Raft")]
    [InlineData(3, "TLS in Consul's way")]
    [InlineData(71, "nothing to this node")]
    public async Task Accept_ByteOfNobody_OneLineAndClosed(byte first, string meaning)
    {
        await using RpcNode node = await RpcNode.StartAsync(null, new EchoHandler());
        await using NetworkStream client = await node.ConnectAsync(first);
        var local = (IPEndPoint)client.Socket.LocalEndPoint!;
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
        Assert.Equal(
            $"1703 Warning A connection from {local} is closed: its first byte is {first}, {meaning} (1 since the last line of this kind)",
            node.Lines[^1]);
    }

    [Fact]
    public async Task Accept_NothingSaid_IsClosedAtTheDeadline()
    {
        await using RpcNode node = await RpcNode.StartAsync(static options => options.HandshakeTimeout = TimeSpan.FromMilliseconds(50));
        await using NetworkStream client = await node.ConnectAsync();
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
        Assert.StartsWith("1704 Warning", node.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_ServedForLongerThanTheDeadline_GoesOn()
    {
        await using RpcNode node = await RpcNode.StartAsync(
            static options => options.HandshakeTimeout = TimeSpan.FromMilliseconds(1000), new EchoHandler(), new EchoHandler(0x53));
        await using NetworkStream first = await node.ConnectAsync(0x52);
        await using NetworkStream silent = await node.ConnectAsync();
        Assert.Equal(0, await silent.ReadAsync(new byte[1]));
        await first.WriteAsync(new byte[] { 7 });
        Assert.Equal(1, await first.ReadAsync(new byte[1]));
    }

    [Theory]
    [InlineData(2, 100, "RpcOptions.ConnectionsPerClientMax is 2")]
    [InlineData(100, 2, "RpcOptions.ConnectionsMax is 2")]
    public async Task Accept_MoreThanTheLimit_IsClosedUntilOneHasEnded(int perClient, int all, string told)
    {
        await using RpcNode node = await RpcNode.StartAsync(
            options => (options.ConnectionsPerClientMax, options.ConnectionsMax) = (perClient, all), new EchoHandler());
        NetworkStream first = await EchoAsync(node);
        await using NetworkStream second = await EchoAsync(node);
        await using NetworkStream third = await node.ConnectAsync();
        Assert.Equal(0, await ReadOrResetAsync(third));
        Assert.Contains(told, node.Lines[^1], StringComparison.Ordinal);

        first.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await first.ReadAsync(new byte[1]));
        await first.DisposeAsync();
        await using NetworkStream fourth = await EchoAsync(node);
    }

    [Fact]
    public async Task Stop_OpenConnections_AreToldAndTheEndpointIsGone()
    {
        var echo = new EchoHandler();
        await using RpcNode node = await RpcNode.StartAsync(null, echo);
        await using NetworkStream client = await EchoAsync(node);
        await node.StopAsync();
        await echo.SawStop.Task;
        Assert.Equal(0, await ReadOrResetAsync(client));
        Assert.Null(node.Get<IRpcServer>().Endpoint);
        Assert.Equal(0, node.Get<RpcListener>().ConnectionCount);
    }

    [Fact]
    public async Task Stop_HandlerThatDoesNotEnd_IsCutOff()
    {
        await using RpcNode node = await RpcNode.StartAsync(null, new EchoHandler(ignoresStop: true));
        await using NetworkStream client = await EchoAsync(node);
        await node.StopAsync();
        Assert.Equal(0, await ReadOrResetAsync(client));
    }

    [Fact]
    public async Task Start_PortIsTaken_SaysWhichAndHowToChooseAnother()
    {
        await using RpcNode first = await RpcNode.StartAsync();
        int port = first.Endpoint.Port;
        await using var second = new RpcNode(options => options.Port = port);
        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(second.StartAsync);
        Assert.StartsWith($"The RPC server cannot listen on 127.0.0.1:{port} (AddressAlreadyInUse)", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("Choose another port with Discovery:Rpc:Port, or another address with Discovery:Rpc:Address.", e.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_WhileItListens_IsHealthyAndOtherwiseDegraded()
    {
        await using RpcNode node = new();
        Assert.Equal(HealthStatus.Degraded, await HealthAsync(node));
        await node.StartAsync();
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(node));
        await node.StopAsync();
        Assert.Equal(HealthStatus.Degraded, await HealthAsync(node));
    }

    [Fact]
    public async Task Connect_NobodyListens_IsPeerUnreachable()
    {
        await using RpcNode node = await RpcNode.StartAsync();
        int port = LoopbackPorts.One();
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await node.Get<INodeConnector>().ConnectAsync("127.0.0.1", port, 0x52));
        Assert.Equal(DiscoveryError.PeerUnreachable, e.Error);
        Assert.StartsWith($"No node is reached at 127.0.0.1:{port}: ", e.Message, StringComparison.Ordinal);
    }

    private static async Task<NetworkStream> EchoAsync(RpcNode node)
    {
        NetworkStream client = await node.ConnectAsync(0x52, 9);
        byte[] reply = new byte[1];
        await client.ReadExactlyAsync(reply);
        Assert.Equal(9, reply[0]);
        return client;
    }

    // A connection that is refused at once may end with a reset.
    private static async Task<int> ReadOrResetAsync(NetworkStream client)
    {
        try
        {
            return await client.ReadAsync(new byte[1]);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static async Task<HealthStatus> HealthAsync(RpcNode node)
    {
        HealthReport report = await node.Get<HealthCheckService>().CheckHealthAsync(static one => one.Name == "discovery-rpc");
        return report.Entries["discovery-rpc"].Status;
    }
}
