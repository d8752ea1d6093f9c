using System.Net.Sockets;
using Discovery.Support;

namespace Discovery.Server;

/// <summary>Clients over TCP that do well, and that do not.</summary>
[Trait("Kind", "RealSockets")]
public sealed class TcpTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Serve_FourQueriesAtOnce_FourReplies()
    {
        await using DnsHost host = await DnsHost.StartAsync();
        using Socket client = await RawClient.ConnectAsync(host.Endpoint);
        byte[][] queries = [.. Enumerable.Range(1, 4).Select(static id => QueryBuilder.Make("many.service.consul", 33, id: id))];
        await client.SendAsync(QueryBuilder.Framed(queries));
        var ids = new List<int>();
        for (int i = 0; i < 4; i++)
        {
            var reply = new ParsedMessage(await RawClient.ReadAsync(client));
            Assert.Equal(60, reply.Answers.Count);
            ids.Add(reply.Id);
        }

        Assert.Equal([1, 2, 3, 4], ids.Order());
    }

    [Fact]
    public async Task Serve_AQueryByteByByte_IsAnswered()
    {
        await using DnsHost host = await DnsHost.StartAsync();
        using Socket client = await RawClient.ConnectAsync(host.Endpoint);
        foreach (byte b in QueryBuilder.Framed(QueryBuilder.Make("web.service.consul", "A")))
        {
            await client.SendAsync(new[] { b });
        }

        Assert.Equal(3, new ParsedMessage(await RawClient.ReadAsync(client)).Answers.Count);
    }

    [Theory]
    [InlineData("")] // nothing at all
    [InlineData("00")] // half a length
    [InlineData("001E1234")] // the beginning of a query
    public async Task Serve_QueryThatDoesNotEnd_IsClosed(string bytes)
    {
        await using DnsHost host = await DnsHost.StartAsync(static options => options.TcpMessageTimeout = s_short, hasCatalogF: false);
        using Socket client = await RawClient.ConnectAsync(host.Endpoint);
        await client.SendAsync(Convert.FromHexString(bytes));
        Assert.Null(await RawClient.ReadAsync(client));
    }

    [Fact]
    public async Task Serve_IdleAfterAQuery_IsClosed()
    {
        await using DnsHost host = await DnsHost.StartAsync(static options => options.TcpIdleTimeout = s_short);
        using Socket client = await RawClient.ConnectAsync(host.Endpoint);
        await client.SendAsync(QueryBuilder.Framed(QueryBuilder.Make("web.service.consul", "A")));
        Assert.NotNull(await RawClient.ReadAsync(client));
        Assert.Null(await RawClient.ReadAsync(client));
    }

    [Theory]
    [InlineData("0000")]
    [InlineData("000B")]
    [InlineData("1001")] // one more than the longest query
    [InlineData("FFFF")]
    public async Task Serve_LengthThatIsNoQuerys_IsClosedAtOnce(string length)
    {
        await using DnsHost host = await DnsHost.StartAsync(
            static options => options.TcpMessageTimeout = TimeSpan.FromMinutes(5), hasCatalogF: false);
        using Socket client = await RawClient.ConnectAsync(host.Endpoint);
        await client.SendAsync(Convert.FromHexString(length));
        Assert.Null(await RawClient.ReadAsync(client));
    }

    [Fact]
    public async Task Serve_AResponse_IsIgnoredAndTheNextQueryAnswered()
    {
        await using DnsHost host = await DnsHost.StartAsync();
        using Socket client = await RawClient.ConnectAsync(host.Endpoint);
        byte[] response = QueryBuilder.Make("web.service.consul", "A");
        response[2] |= 0x80;
        await client.SendAsync(QueryBuilder.Framed(response, QueryBuilder.Make("web.service.consul", 1, id: 7)));
        Assert.Equal(7, new ParsedMessage(await RawClient.ReadAsync(client)).Id);
    }

    [Fact]
    public async Task Accept_MoreConnectionsThanKept_TheOldestGoesAndTheNewIsServed()
    {
        await using DnsHost host = await DnsHost.StartAsync(static options => options.TcpConnectionsMax = 3);
        Socket[] clients = new Socket[4];
        for (int i = 0; i < clients.Length; i++)
        {
            clients[i] = await RawClient.ConnectAsync(host.Endpoint);
            if (i < 3)
            {
                await clients[i].SendAsync(QueryBuilder.Framed(QueryBuilder.Make("web.service.consul", "A")));
                Assert.NotNull(await RawClient.ReadAsync(clients[i]));
            }
        }

        await clients[3].SendAsync(QueryBuilder.Framed(QueryBuilder.Make("web.service.consul", "A")));
        Assert.NotNull(await RawClient.ReadAsync(clients[3]));
        Assert.Null(await RawClient.ReadAsync(clients[0]));
        await clients[1].SendAsync(QueryBuilder.Framed(QueryBuilder.Make("web.service.consul", "A")));
        Assert.NotNull(await RawClient.ReadAsync(clients[1]));
        Array.ForEach(clients, static one => one.Dispose());
    }

    [Fact]
    public async Task Accept_MoreConnectionsOfOneClient_ItsLongestIdleMakesRoom()
    {
        await using DnsHost host = await DnsHost.StartAsync(static options => options.TcpConnectionsPerClientMax = 2);
        byte[] query = QueryBuilder.Framed(QueryBuilder.Make("web.service.consul", "A"));
        using Socket first = await RawClient.ConnectAsync(host.Endpoint);
        await first.SendAsync(query);
        Assert.NotNull(await RawClient.ReadAsync(first));
        using Socket second = await RawClient.ConnectAsync(host.Endpoint);
        await second.SendAsync(query);
        Assert.NotNull(await RawClient.ReadAsync(second));

        using Socket third = await RawClient.ConnectAsync(host.Endpoint);
        await third.SendAsync(query);

        Assert.NotNull(await RawClient.ReadAsync(third));
        Assert.Null(await RawClient.ReadAsync(first));
        await second.SendAsync(query);
        Assert.NotNull(await RawClient.ReadAsync(second));
    }

    [Fact]
    public async Task Serve_AThousandHalfOpenConnections_UdpAndTcpGoOn()
    {
        await using DnsHost host = await DnsHost.StartAsync(static options =>
        {
            options.TcpConnectionsMax = 600;
            options.TcpConnectionsPerClientMax = 2000;
            options.TcpMessageTimeout = TimeSpan.FromSeconds(30);
        });
        var clients = new List<Socket>();
        for (int i = 0; i < 1000; i++)
        {
            clients.Add(await RawClient.ConnectAsync(host.Endpoint));
        }

        Assert.Equal(3, (await host.AskAsync("web.service.consul", "A")).Answers.Count);
        Assert.Equal(3, (await host.AskAsync("web.service.consul", "A", isTcp: true)).Answers.Count);
        clients.ForEach(static one => one.Dispose());
    }

    [Fact]
    public async Task Serve_ClientThatReadsNothing_IsClosedAndHoldsNothingUp()
    {
        await using DnsHost host = await DnsHost.StartAsync(static options => options.TcpMessageTimeout = s_short);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(host.Endpoint);
        byte[] many = QueryBuilder.Framed([.. Enumerable.Repeat(QueryBuilder.Make("many.service.consul", "SRV"), 1000)]);
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true)
            {
                await client.SendAsync(many);
            }
        });
        Assert.Equal(3, (await host.AskAsync("web.service.consul", "A", isTcp: true)).Answers.Count);
    }
}
