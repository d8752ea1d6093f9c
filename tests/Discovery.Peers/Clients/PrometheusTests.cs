using System.Text.Json;
using Discovery.Peers.Http;
using Discovery.Peers.Processes;

namespace Discovery.Peers.Clients;

/// <summary>Prometheus 2.24.1 with consul_sd_configs on us and on Consul: the same targets appear, change and go.</summary>
[Trait("Kind", "RealSockets")]
public sealed class PrometheusTests(TwoAgents agents) : IClassFixture<TwoAgents>
{
    [SkippableFact]
    public async Task Prometheus_WithConsulDiscovery_SeesTargetsAppearChangeAndGo()
    {
        await agents.BeginAsync();
        string program = Peer.Require(Peer.Prometheus, "Prometheus 2.24.1");
        int port = AgentPorts.One();
        string folder = Directory.CreateDirectory(Path.Combine(agents.Ours.Folder, "prometheus")).FullName;
        string file = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(
            file, "scrape_configs:\n" + Jobs("ours", agents.Ours.Address) + Jobs("theirs", agents.Theirs.Address));
        await using Running prometheus = Running.Start(
            program, [$"--config.file={file}", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}"]);

        await BothAsync("PUT /v1/agent/service/register", """
            {"ID":"web-1","Name":"web","Tags":["a","b"],"Address":"10.255.255.1","Port":8080,"Meta":{"some-key":"v"},"Check":{"TTL":"10m"}}
            """);
        await BothAsync("PUT /v1/agent/service/register", """{"Name":"db","Port":5432}""");
        await SeesAsync(port, "all", ["consul", "db", "web"]);
        await SeesAsync(port, "tagged", ["web"]);
        await BothAsync("PUT /v1/agent/service/register", """{"ID":"web-2","Name":"web","Tags":["b","a"],"Port":8081}""");
        await SeesAsync(port, "tagged", ["web", "web"]);
        await BothAsync("PUT /v1/agent/service/deregister/web-1", null);
        await BothAsync("PUT /v1/agent/service/deregister/db", null);
        await SeesAsync(port, "tagged", ["web"]);
        await SeesAsync(port, "all", ["consul", "web"]);
        Assert.True(await prometheus.StopAsync(TimeSpan.FromSeconds(20)));
    }

    private static string Jobs(string name, string address) => $"""
        - job_name: {name}-all
          consul_sd_configs: [server: '{address}']
        - job_name: {name}-tagged
          consul_sd_configs: [{"{"}server: '{address}', services: [web], tags: [a, b], refresh_interval: 1s{"}"}]

        """;

    private async Task BothAsync(string line, string? body)
    {
        await agents.Ours.ExpectAsync(line, body);
        await agents.Theirs.ExpectAsync(line, body);
    }

    private async Task SeesAsync(int port, string job, string[] services)
    {
        string[] ours = [];
        string[] theirs = [];
        await Eventually.HoldsAsync(
            async () =>
            {
                RawReply? reply = await AskAsync(port);
                ours = Targets(reply, "ours-" + job, agents.Ours);
                theirs = Targets(reply, "theirs-" + job, agents.Theirs);
                return Services(ours).SequenceEqual(services) && Services(theirs).SequenceEqual(services);
            },
            () => $"ours:\n{string.Join('\n', ours)}\ntheirs:\n{string.Join('\n', theirs)}");
        Assert.Equal(theirs, ours);
    }

    private static async Task<RawReply?> AskAsync(int port)
    {
        try
        {
            return await RawHttp.SendAsync(port, new RawRequest("GET", "/api/v1/targets", [], null), CancellationToken.None);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Services(string[] targets) =>
        targets.Select(target => target.Split(" __meta_consul_service=")[1].Split(' ')[0]).Order(StringComparer.Ordinal);

    private string[] Targets(RawReply? reply, string job, AgentProcess agent)
    {
        if (reply is null || reply.Status != 200)
        {
            return [];
        }

        using JsonDocument document = JsonDocument.Parse(reply.Body);
        return [.. document.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray()
            .Select(target => target.GetProperty("discoveredLabels"))
            .Where(labels => labels.GetProperty("job").GetString() == job)
            .Select(labels => string.Join(' ', labels.EnumerateObject().Where(label => label.Name != "job")
                .Select(label => $"{label.Name}={label.Value.GetString()}")))
            .Select(agents.DisguiseOf(agent).Apply).Order(StringComparer.Ordinal)];
    }
}
