using Discovery.Node.Hosting;
using Discovery.Testing;

namespace Discovery.Node.Talk;

/// <summary>The talk's example of DNS: D1 to D6.</summary>
[Trait("Kind", "RealSockets")]
[Collection("Processes")]
public sealed class TalkDnsTests : IDisposable
{
    private readonly NodeFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task D_NodesServicesAndOtherNames_AreAnswered()
    {
        await using var recursor = new FakeRecursor();
        await using NodeProcess node = await NodeProcess.StartAsync(
            _folder.Path,
            $"-config-file={NodeFolder.Talk("dns.json")}", "-data-dir=data", "-bind=127.0.0.1", "-node=h1", "-server-port=18300",
            $"-recursor={recursor.Address}");

        string d1 = await Dig.AskAsync(node.DnsPort, "h1.node.consul");
        Assert.Contains("status: NOERROR", d1, StringComparison.Ordinal);
        Assert.Contains("flags: qr aa rd ra;", d1, StringComparison.Ordinal);
        Assert.Contains("\nh1.node.consul. 0 IN A 127.0.0.1\n", d1, StringComparison.Ordinal);
        Assert.Contains("\nh1.node.consul. 0 IN TXT \"consul-network-segment=\"\n", d1, StringComparison.Ordinal);

        string d2 = await Dig.AskAsync(node.DnsPort, "consul.service.consul");
        Assert.Contains("\nconsul.service.consul. 0 IN A 127.0.0.1\n", d2, StringComparison.Ordinal);

        string d3 = await Dig.AskAsync(node.DnsPort, "consul.service.consul", "SRV");
        Assert.Contains("\nconsul.service.consul. 0 IN SRV 1 1 18300 h1.node.dc1.consul.\n", d3, StringComparison.Ordinal);
        Assert.Contains("\nh1.node.dc1.consul. 0 IN A 127.0.0.1\n", d3, StringComparison.Ordinal);

        string d4 = await Dig.AskAsync(node.DnsPort, "www.example.com");
        Assert.Contains("\nwww.example.com. 60 IN A 192.0.2.7\n", d4, StringComparison.Ordinal);
        Assert.Contains("flags: qr rd ra;", d4, StringComparison.Ordinal);

        string d6 = await Dig.AskAsync(node.DnsPort, "H1.Node.CONSUL");
        Assert.Contains("\n;H1.Node.CONSUL. IN A\n", d6, StringComparison.Ordinal);
        Assert.Matches("(?mi)^h1\\.node\\.consul\\. 0 IN A 127\\.0\\.0\\.1$", d6);
        string unknown = await Dig.AskAsync(node.DnsPort, "nope.node.consul");
        Assert.Contains("status: NXDOMAIN", unknown, StringComparison.Ordinal);
        Assert.Contains("\nconsul. 0 IN SOA ns.consul. hostmaster.consul. ", unknown, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task D4_WithTheRecursorDown_FailsInTime()
    {
        string gone = $"127.0.0.1:{LoopbackPorts.One()}";
        await using NodeProcess node = await NodeProcess.StartAsync(_folder.Path, "-dev", $"-recursor={gone}");
        Assert.Contains("status: SERVFAIL", await Dig.AskAsync(node.DnsPort, "www.example.com"), StringComparison.Ordinal);
    }
}
