using System.Net;
using System.Net.Sockets;
using Discovery.Support;
using Discovery.Wire;

namespace Discovery.Server;

/// <summary>Names that are not ours, with recursors that a test makes.</summary>
[Trait("Kind", "RealSockets")]
public sealed class RecursorTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Forward_NameOutside_GivesTheRecursorsReplyOverTheSameTransport(bool isTcp)
    {
        bool wasTcp = !isTcp;
        await using var recursor = new FakeRecursor((query, tcp) =>
        {
            wasTcp = tcp;
            return FakeRecursor.Reply(query, DnsRcode.NoError, 60, "192.0.2.1");
        });
        await using DnsHost host = await StartAsync(recursor.Endpoint);
        ParsedMessage reply = await host.AskAsync("WWW.Example.com", "A", isTcp);
        Assert.Equal("NOERROR rd ra 49 bytes | answer: @ 60 A 192.0.2.1", reply.Describe());
        Assert.Equal("WWW.Example.com.", reply.QuestionName);
        Assert.Equal(0x1234, reply.Id);
        Assert.Equal(isTcp, wasTcp);
    }

    [Fact]
    public async Task Forward_FirstRefusesSecondIsSilent_TheThirdAnswers()
    {
        await using var refusing = new FakeRecursor(static (query, _) => FakeRecursor.Reply(query, DnsRcode.Refused, 0));
        await using var silent = new FakeRecursor(static (_, _) => null);
        await using var answering = new FakeRecursor(static (query, _) => FakeRecursor.Reply(query, DnsRcode.NXDomain, 0));
        await using DnsHost host = await DnsHost.StartAsync(
            options =>
            {
                options.RecursorTimeout = TimeSpan.FromMilliseconds(50);
                Add(options, refusing.Endpoint, silent.Endpoint, answering.Endpoint);
            },
            hasCatalogF: false);
        Assert.Equal("NXDOMAIN", (await host.AskAsync("nope.example.com", "A")).RcodeName);
        Assert.Equal([1, 1, 1], [refusing.Asked, silent.Asked, answering.Asked]);
    }

    [Fact]
    public async Task Forward_AllFail_ServFailWithRa()
    {
        await using var silent = new FakeRecursor(static (_, _) => null);
        await using DnsHost host = await DnsHost.StartAsync(
            options =>
            {
                options.RecursorTimeout = TimeSpan.FromMilliseconds(20);
                Add(options, silent.Endpoint, silent.Endpoint);
            },
            hasCatalogF: false);
        Assert.Equal("SERVFAIL rd ra 33 bytes", (await host.AskAsync("www.example.com", "A")).Describe());
        Assert.Equal(1, silent.Asked);
    }

    [Fact]
    public async Task Forward_RepliesToOtherQuestions_AreNotTaken()
    {
        using var recursor = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        recursor.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using DnsHost host = await StartAsync((IPEndPoint)recursor.LocalEndPoint!);
        Task<ParsedMessage> asking = host.AskAsync("www.example.com", "A");
        byte[] buffer = new byte[512];
        SocketReceiveFromResult got = await recursor.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
        byte[] query = buffer[..got.ReceivedBytes];
        byte[] otherId = FakeRecursor.Reply(query, 0, 60, "192.0.2.66");
        otherId[0] ^= 1;
        byte[] otherName = FakeRecursor.Reply(query, 0, 60, "192.0.2.66");
        otherName[13] ^= 1;
        byte[] otherType = FakeRecursor.Reply(query, 0, 60, "192.0.2.66");
        otherType[query.Length - 3] = 28;
        foreach (byte[] wrong in new[] { otherId, otherName, otherType, query, [1], FakeRecursor.Reply(query, 0, 60, "192.0.2.1") })
        {
            await recursor.SendToAsync(wrong, got.RemoteEndPoint);
        }

        Assert.Equal("192.0.2.1", (await asking).Answers.Single().Data);
    }

    [Fact]
    public async Task Forward_TheSameAgain_IsRememberedAndAges()
    {
        var time = new Testing.FakeTimeProvider();
        await using var recursor = new FakeRecursor(static (query, _) => FakeRecursor.Reply(query, DnsRcode.NoError, 60, "192.0.2.1"));
        await using DnsHost host = await DnsHost.StartAsync(
            options => Add(options, recursor.Endpoint), hasCatalogF: false, runtime: new NodeRuntime(time, TaskScheduler.Default, 1));
        await host.AskAsync("www.example.com", "A");
        time.Advance(TimeSpan.FromSeconds(25));
        ParsedMessage again = await host.AskAsync("wWw.example.com", "A");
        Assert.Equal("wWw.example.com.", again.QuestionName);
        Assert.Equal(35u, again.Answers.Single().Ttl);
        Assert.Equal(1, recursor.Asked);
        await host.AskAsync("www.example.com", "AAAA");
        Assert.Equal(2, recursor.Asked);
        time.Advance(TimeSpan.FromSeconds(35));
        await host.AskAsync("www.example.com", "A");
        Assert.Equal(3, recursor.Asked);
    }

    [Fact]
    public async Task Forward_NegativeAndFailedReplies_AreNotRemembered()
    {
        await using var recursor = new FakeRecursor(static (query, _) => FakeRecursor.Reply(query, DnsRcode.NXDomain, 0));
        await using DnsHost host = await StartAsync(recursor.Endpoint);
        await host.AskAsync("nope.example.com", "A");
        await host.AskAsync("nope.example.com", "A");
        Assert.Equal(2, recursor.Asked);
    }

    [Fact]
    public async Task Forward_IdenticalAtOnce_AskedOnce()
    {
        using var gate = new ManualResetEventSlim();
        await using var recursor = new FakeRecursor((query, _) =>
        {
            gate.Wait(s_long);
            return FakeRecursor.Reply(query, DnsRcode.NoError, 0, "192.0.2.1");
        });
        await using DnsHost host = await StartAsync(recursor.Endpoint);
        Task<ParsedMessage>[] asking = [.. Enumerable.Range(0, 20).Select(_ => host.AskAsync("www.example.com", "A"))];
        await host.AskAsync("web.service.consul", "A");
        gate.Set();
        ParsedMessage[] replies = await Task.WhenAll(asking);
        Assert.All(replies, static reply => Assert.Equal("192.0.2.1", reply.Answers.Single().Data));
        Assert.InRange(recursor.Asked, 1, 20);
        Assert.Equal(0, host.Recursors.AskedCount);
    }

    [Fact]
    public async Task Forward_MoreThanTheLimit_ServFailAtOnce()
    {
        await using var silent = new FakeRecursor(static (_, _) => null);
        await using DnsHost host = await DnsHost.StartAsync(
            options =>
            {
                options.RecursorQueriesMax = 1;
                options.RecursorTimeout = s_long;
                Add(options, silent.Endpoint);
            },
            hasCatalogF: false);
        Task<byte[]> waiting = RawClient.AskAsync(host.Endpoint, QueryBuilder.Make("a.example.com", "A"), isTcp: false);
        Task<byte[]> refused = RawClient.AskAsync(host.Endpoint, QueryBuilder.Make("b.example.com", "A"), isTcp: false);
        byte[] first = await await Task.WhenAny(waiting, refused);
        Assert.Equal("SERVFAIL", new ParsedMessage(first).RcodeName);
        _ = waiting.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        _ = refused.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
    }

    [Fact]
    public async Task Forward_TwoServersThatAskEachOther_EndsAndDoesNotGrow()
    {
        await using DnsHost first = await DnsHost.StartAsync(
            options =>
            {
                options.RecursorTimeout = TimeSpan.FromMilliseconds(200);
                options.Recursors.Add("127.0.0.1:1");
            },
            hasCatalogF: false);
        int port = first.Endpoint.Port;
        await using DnsHost second = await DnsHost.StartAsync(
            options =>
            {
                options.RecursorTimeout = TimeSpan.FromMilliseconds(200);
                options.Recursors.Add($"127.0.0.1:{port}");
            },
            hasCatalogF: false);
        first.Get<DnsSettingsSource>().AtStart.Recursors[0] = second.Endpoint.ToString();
        Assert.Equal("SERVFAIL", (await first.AskAsync("loop.example.com", "A")).RcodeName);
        Assert.Equal(0, first.Recursors.AskedCount);
    }

    [Fact]
    public async Task Start_RecursorIsTheServerItself_IsLeftOutAndTold()
    {
        int port;
        await using (var probe = new FakeRecursor(static (_, _) => null))
        {
            port = probe.Endpoint.Port;
        }

        await using DnsHost host = await DnsHost.StartAsync(
            options =>
            {
                options.Port = port;
                options.Recursors.Add($"127.0.0.1:{port}");
            },
            hasCatalogF: false);
        Assert.Contains(host.Lines, line => line.StartsWith($"5004 Warning Recursor 127.0.0.1:{port}", StringComparison.Ordinal));
        Assert.Equal("SERVFAIL", (await host.AskAsync("www.example.com", "A")).RcodeName);
    }

    [Fact]
    public async Task Forward_ReplyLongerThanTheClientTakes_EmptyWithTc()
    {
        await using var recursor = new FakeRecursor(
            static (query, _) => FakeRecursor.Reply(query, DnsRcode.NoError, 60, [.. Enumerable.Repeat("192.0.2.1", 60)]));
        await using DnsHost host = await StartAsync(recursor.Endpoint);
        Assert.Equal("NOERROR tc rd ra 33 bytes", (await host.AskAsync("www.example.com", "A")).Describe());
        Assert.Equal(60, (await host.AskAsync("www.example.com", "A", isTcp: true)).Answers.Count);
    }

    [Fact]
    public async Task Resolve_ServiceAtAHostOutside_AliasWithItsAddresses()
    {
        await using var recursor = new FakeRecursor(static (query, _) => FakeRecursor.Reply(query, DnsRcode.NoError, 300, "192.0.2.7"));
        await using DnsHost host = await DnsHost.StartAsync(options => Add(options, recursor.Endpoint));
        ParsedMessage reply = await host.AskAsync("search.service.consul", "A");
        Assert.Equal(
            "NOERROR aa rd ra 84 bytes | answer: @ 0 CNAME www.example.com., www.example.com. 0 A 192.0.2.7", reply.Describe());
        ParsedMessage service = await host.AskAsync("search.service.consul", "SRV", isTcp: true);
        Assert.Equal("192.0.2.7", service.Additionals.Single().Data);
        Assert.Equal(1, recursor.Asked);
    }

    [Fact]
    public async Task Forward_DsOfTheDomain_IsAnsweredHere()
    {
        await using var recursor = new FakeRecursor(static (query, _) => FakeRecursor.Reply(query, DnsRcode.NoError, 0));
        await using DnsHost host = await StartAsync(recursor.Endpoint);
        ParsedMessage reply = await host.AskAsync("consul", "DS");
        Assert.Equal(6, reply.Authorities.Single().Type);
        Assert.Equal(0, recursor.Asked);
    }

    private static void Add(DnsOptions options, params IPEndPoint[] recursors)
    {
        foreach (IPEndPoint recursor in recursors)
        {
            options.Recursors.Add(recursor.ToString());
        }
    }

    private static Task<DnsHost> StartAsync(IPEndPoint recursor) => DnsHost.StartAsync(
        options =>
        {
            options.RecursorTimeout = s_long;
            Add(options, recursor);
        },
        hasCatalogF: false);
}
