using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Discovery.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Discovery.Server;

/// <summary>The server in its host: starting, stopping, options, limits.</summary>
[Trait("Kind", "RealSockets")]
public sealed class DnsServerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_Started_AnswersOnOnePortOverUdpAndTcp(bool isTcp)
    {
        await using DnsHost host = await DnsHost.StartAsync();
        ParsedMessage reply = await host.AskAsync("web.service.consul", "SRV", isTcp);
        Assert.Equal(3, reply.Answers.Count);
        Assert.Equal(4, reply.Additionals.Count);
        Assert.Contains($"5000 Information DNS is answered at {host.Endpoint} for consul", host.Lines);
    }

    [Fact]
    public async Task Start_TakenPort_FailsWithPortAndOption()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        await using DnsHost host = DnsHost.Create(options => options.Port = port);
        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);
        Assert.StartsWith($"The DNS server cannot listen on 127.0.0.1:{port} (AddressAlreadyInUse)", e.Message, StringComparison.Ordinal);
        Assert.Contains("Discovery:Dns:Port", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SeveralAddresses_OnePortOnAll()
    {
        await using DnsHost host = await DnsHost.StartAsync(static options =>
        {
            options.Addresses.Add("127.0.0.1");
            options.Addresses.Add("::1");
        });
        IReadOnlyList<IPEndPoint> endpoints = host.Get<IDnsServer>().Endpoints;
        Assert.Equal(["127.0.0.1", "::1"], endpoints.Select(static one => one.Address.ToString()));
        Assert.Equal(endpoints[0].Port, endpoints[1].Port);
        Assert.Equal(3, (await RawClient.AskAsync(endpoints[1], "web.service.consul", "A")).Answers.Count);
    }

    [Fact]
    public async Task Stop_FreesThePortAndEndsConnections()
    {
        await using DnsHost host = await DnsHost.StartAsync(hasCatalogF: false);
        IPEndPoint endpoint = host.Endpoint;
        using Socket open = await RawClient.ConnectAsync(endpoint);
        await host.StopAsync();
        Assert.Null(await RawClient.ReadAsync(open));
        using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        udp.Bind(endpoint);
        Assert.Empty(host.Get<IDnsServer>().Endpoints);
    }

    [Fact]
    public async Task Options_Wrong_AllToldAtStart()
    {
        OptionsValidationException e = await Assert.ThrowsAsync<OptionsValidationException>(() => DnsHost.StartAsync(static options =>
        {
            options.Port = 70_000;
            options.Domain = "a..b";
            options.Addresses.Add("localhost");
            options.Recursors.Add("0.0.0.0");
            options.AltDomain = "service.x";
            options.UdpBytesMax = 100;
        }));
        Assert.Equal(6, e.Failures.Count(static line => line.StartsWith("DnsOptions.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Configuration_SectionAndReload_AreFollowed()
    {
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Discovery:Dns:Domain"] = "disco",
            ["Discovery:Dns:ServiceTtl:web"] = "00:00:10",
            ["Discovery:Dns:Soa:MinTtl"] = "00:00:03",
        }).Build();
        await using DnsHost host = await DnsHost.StartAsync(configuration: configuration);
        Assert.Equal(10u, (await host.AskAsync("web.service.disco", "A")).Answers[0].Ttl);
        Assert.Equal(3u, (await host.AskAsync("nope.service.disco", "A")).Authorities[0].Ttl);

        configuration["Discovery:Dns:ServiceTtl:web"] = "00:00:20";
        configuration["Discovery:Dns:OnlyPassing"] = "true";
        configuration["Discovery:Dns:Domain"] = "other";
        await host.Get<INodeReload>().ReloadAsync();
        Assert.Equal(20u, (await host.AskAsync("web.service.disco", "A")).Answers[0].Ttl);
        Assert.Single((await host.AskAsync("api.service.disco", "A")).Answers);
    }

    [Fact]
    public async Task Configuration_UnknownKeysAndWrongValues_AreTold()
    {
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Discovery:Dns:Soa:MinTtll"] = "00:00:03",
            ["Discovery:Dns:ServiceTtl:web"] = "soon",
        }).Build();
        OptionsValidationException e = await Assert.ThrowsAsync<OptionsValidationException>(
            () => DnsHost.StartAsync(configuration: configuration));
        Assert.Contains("Discovery:Dns:Soa:MinTtll: unknown key; did you mean MinTtl?", e.Failures);
        Assert.Contains(e.Failures, static line => line.StartsWith("Discovery:Dns:ServiceTtl:web: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Health_ListensOrNot_IsTold()
    {
        await using DnsHost host = DnsHost.Create();
        HealthCheckService health = host.Get<HealthCheckService>();
        Assert.Equal(HealthStatus.Degraded, (await health.CheckHealthAsync()).Entries["discovery-dns"].Status);
        await host.StartAsync();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Entries["discovery-dns"].Status);
    }

    [Fact]
    public async Task Metrics_RepliesAndDrops_AreCounted()
    {
        await using DnsHost host = await DnsHost.StartAsync();
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == "Discovery.Dns" && ReferenceEquals(instrument.Meter.Scope, host.Get<IMeterFactory>()))
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string key = instrument.Name + string.Concat(tags.ToArray().Select(static tag => $" {tag.Value}"));
            lock (counts)
            {
                counts[key] = counts.GetValueOrDefault(key) + value;
            }
        });
        listener.Start();
        await host.AskAsync("web.service.consul", "A");
        await host.AskAsync("nope.service.consul", "SRV", isTcp: true);
        listener.RecordObservableInstruments();
        Assert.Equal(1, counts["discovery.dns.queries A NOERROR udp"]);
        Assert.Equal(1, counts["discovery.dns.queries SRV NXDOMAIN tcp"]);
    }
}
