using System.Net.Http.Json;
using System.Text.Json;
using Discovery.Node.Hosting;

namespace Discovery.Node.Talk;

/// <summary>The talk's example of checks: C1 to C5.</summary>
[Trait("Kind", "RealSockets")]
[Collection("Processes")]
public sealed class TalkCheckTests : IDisposable
{
    private readonly NodeFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task C_ScriptsThatPassFailAndWarn_DecideWhoIsAnswered()
    {
        _folder.Write("check_green.sh", "#!/bin/sh\necho Everything is awesome\nexit 0\n", isProgram: true);
        _folder.Write("check_failed.sh", "#!/bin/sh\necho This failed badly\ntest -e repaired || exit 2\n", isProgram: true);
        await using NodeProcess node = await NodeProcess.StartAsync(
            _folder.Path,
            $"-config-file={NodeFolder.Talk("checks.json")}", "-data-dir=data", "-bind=127.0.0.1", "-enable-local-script-checks");
        Assert.Contains("The 'script' field of checks is deprecated", node.Output, StringComparison.Ordinal);

        JsonElement[] green = await WaitAsync(
            node, "health/service/example_green", static all => Status(all[0], "service:example_green") == "passing");
        Assert.Equal(["serfHealth", "service:example_green"], CheckIds(Assert.Single(green)));

        JsonElement failed = Assert.Single(await WaitAsync(
            node, "health/service/example_failed", static all => Status(all[0], "service:example_failed") == "critical"));
        JsonElement service = failed.GetProperty("Service");
        Assert.Equal(
            ("example_failed", "127.0.0.1", 4567),
            (service.GetProperty("ID").GetString(), service.GetProperty("Address").GetString(), service.GetProperty("Port").GetInt32()));
        JsonElement check = Find(failed, "service:example_failed");
        Assert.Equal(
            ("critical", "A check that fails", "example_failed"),
            (check.GetProperty("Status").GetString(), check.GetProperty("Name").GetString(), check.GetProperty("ServiceName").GetString()));
        JsonElement serf = Find(failed, "serfHealth");
        Assert.Equal(
            ("passing", "Serf Health Status", "Agent alive and reachable", ""),
            (serf.GetProperty("Status").GetString(), serf.GetProperty("Name").GetString(), serf.GetProperty("Output").GetString(),
                serf.GetProperty("ServiceID").GetString()));

        JsonElement[] critical = await WaitAsync(node, "health/state/critical", static all => all.Length == 1);
        Assert.Equal("service:example_failed", critical[0].GetProperty("CheckID").GetString());
        Assert.Equal("script", critical[0].GetProperty("Type").GetString());

        string srv = await Dig.AskAsync(node.DnsPort, "example_green.service.consul", "SRV");
        Assert.Contains("\nexample_green.service.consul. 0 IN SRV 1 1 3456 7f000001.addr.dc1.consul.\n", srv, StringComparison.Ordinal);
        string none = await Dig.AskAsync(node.DnsPort, "example_failed.service.consul");
        Assert.Contains("status: NXDOMAIN", none, StringComparison.Ordinal);
        Assert.Contains(" IN SOA ", none, StringComparison.Ordinal);
        await WaitAsync(node, "health/service/example_warning", static all => Status(all[0], "service:example_warning") == "warning");
        string warned = await Dig.AskAsync(node.DnsPort, "example_warning.service.consul");
        Assert.Contains(" 0 IN A 127.0.0.1\n", warned, StringComparison.Ordinal);

        _folder.Write("repaired", "");
        await WaitAsync(node, "health/state/critical", static all => all.Length == 0);
        string back = await Dig.AskAsync(node.DnsPort, "example_failed.service.consul");
        Assert.Contains(" 0 IN A 127.0.0.1\n", back, StringComparison.Ordinal);
    }

    private static string Status(JsonElement entry, string checkId) => Find(entry, checkId).GetProperty("Status").GetString()!;

    private static JsonElement Find(JsonElement entry, string checkId) => entry.GetProperty("Checks").EnumerateArray()
        .Single(check => check.GetProperty("CheckID").GetString() == checkId);

    private static string[] CheckIds(JsonElement entry) =>
    [
        .. entry.GetProperty("Checks").EnumerateArray().Select(static check => check.GetProperty("CheckID").GetString()!)
            .Order(StringComparer.Ordinal),
    ];

    // Asks, and asks again when something has changed, until the answer is what is wanted.
    private static async Task<JsonElement[]> WaitAsync(NodeProcess node, string path, Func<JsonElement[], bool> isWanted)
    {
        string index = "0";
        while (true)
        {
            using HttpResponseMessage reply = await node.Http.GetAsync(new Uri($"{path}?index={index}&wait=1m", UriKind.Relative));
            JsonElement[] all = (await reply.Content.ReadFromJsonAsync<JsonElement[]>())!;
            if (isWanted(all))
            {
                return all;
            }

            index = reply.Headers.GetValues("X-Consul-Index").Single();
        }
    }
}
