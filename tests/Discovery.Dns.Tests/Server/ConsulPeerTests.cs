using System.Globalization;
using System.Text.Json;
using Discovery.Answering;
using Discovery.Support;
using Discovery.Wire;
using Xunit.Abstractions;

namespace Discovery.Server;

/// <summary>Asks a real Consul 1.8.7 and our answering core, with its quirks, the same bytes in the same state.</summary>
[Trait("Kind", "RealSockets")]
[Trait("Kind", "Peer")]
public sealed class ConsulPeerTests(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task Answer_EveryVector_IsConsuls()
    {
        Skip.If(ConsulAgent.Program is null, "Consul 1.8.7 is not installed (eng/peers.sh, or CONSUL=path)");
        await using ConsulAgent consul = await ConsulAgent.StartAsync(ConsulAgent.Program!, "foo");
        await using var recursor = new FakeRecursor(static (query, _) => FakeRecursor.Reply(query, DnsRcode.NoError, 300, "192.0.2.7"));
        await consul.LoadAsync("catalog-f.json");
        using TestCatalog catalog = TestCatalog.F();
        using TestCatalog maintained = TestCatalog.F();
        maintained.Register(Maintenance());
        Vector[] vectors =
        [
            .. File.ReadAllLines(TestCatalog.PathOf("vectors.txt"))
                .Where(static line => line.StartsWith("> ", StringComparison.Ordinal)).Select(Vector.Parse),
        ];
        var differences = new List<string>();
        int asked = 0;
        foreach (IGrouping<string, Vector> group in vectors.GroupBy(vector => ConsulOptions(vector, recursor.Endpoint.ToString())))
        {
            await consul.ReloadAsync(group.Key);
            foreach (IGrouping<bool, Vector> byHealth in group.GroupBy(static vector => vector.IsInMaintenance))
            {
                await SetMaintenanceAsync(consul, byHealth.Key);
                foreach (Vector vector in byHealth)
                {
                    asked++;
                    byte[] reply = await RawClient.AskAsync(consul.Dns, vector.Packet, vector.IsTcp);
                    string theirs = Comparable(vector, new ParsedMessage(reply));
                    string ours = Comparable(vector, Ask(byHealth.Key ? maintained : catalog, vector));
                    if (theirs != ours)
                    {
                        differences.Add($"{vector.Number} {vector.Name} {vector.Type} {group.Key}\n  Consul {theirs}\n  ours   {ours}");
                    }
                }
            }
        }

        output.WriteLine($"{asked} questions, {differences.Count} differences");
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static ParsedMessage Ask(TestCatalog catalog, Vector vector)
    {
        ExternalRecords external = new();
        byte[] host = QueryBuilder.Name("www.example.com");
        external.Add(host, DnsType.A, [new ExternalRecord(host, DnsType.A, 300, [192, 0, 2, 7])]);
        return catalog.Responder(options =>
        {
            options.AltDomain = "test-domain";
            vector.Apply(options);
            options.Consul187Quirks = true;
        }).Ask(vector.Packet, vector.IsTcp, external);
    }

    // What both draw at random is counted; the agent's own metadata is none of the catalog's.
    private static string Comparable(Vector vector, ParsedMessage message)
    {
        bool isDrawn = vector.Name.Split('.')[0] is "many" or "alias";
        bool isOfAgent = vector.Name.StartsWith("foo.", StringComparison.Ordinal);
        message.Additionals.RemoveAll(static one => one.Data == "\"consul-network-segment=\"");
        string text = message.Describe(isDrawn ? 0 : 100);
        return isOfAgent || (isDrawn && vector.Type == "SRV")
            ? System.Text.RegularExpressions.Regex.Replace(text, " [0-9]+ bytes", "")
            : text;
    }

    private static CatalogRegistration Maintenance() => new()
    {
        Node = "foo",
        SkipNodeUpdate = true,
        Checks = { new CatalogCheckRegistration { CheckId = "_node_maintenance", Name = "maintenance" } },
    };

    private static async Task SetMaintenanceAsync(ConsulAgent consul, bool isInMaintenance)
    {
        await consul.PutAsync($"/v1/agent/maintenance?enable={(isInMaintenance ? "true" : "false")}");

        // The agent tells its server in its own time: the catalog has it when the checks of the node say so.
        await consul.WaitForMaintenanceAsync("foo", isInMaintenance);
    }

    private static string ConsulOptions(Vector vector, string recursor)
    {
        var options = new DnsOptions();
        vector.Apply(options);
        var dns = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["only_passing"] = options.OnlyPassing,
            ["enable_truncate"] = options.EnableTruncate,
            ["disable_compression"] = options.DisableCompression,
            ["enable_additional_node_meta_txt"] = options.EnableAdditionalNodeMetaTxt,
            ["udp_answer_limit"] = options.UdpAnswerLimit,
            ["a_record_limit"] = options.ARecordLimit,
            ["node_ttl"] = Seconds(options.NodeTtl),
            ["service_ttl"] = options.ServiceTtl.ToDictionary(static pair => pair.Key, static pair => Seconds(pair.Value)),
            ["soa"] = new Dictionary<string, int> { ["min_ttl"] = (int)options.Soa.MinTtl.TotalSeconds },
        };
        string[] recursors = options.Recursors.Count > 0 ? [recursor] : [];
        return JsonSerializer.Serialize(new { dns_config = dns, recursors });
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalSeconds}s");
}
