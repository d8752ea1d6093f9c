using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Discovery.Peers.Http;
using Discovery.Peers.Processes;

namespace Discovery.Peers.Clients;

/// <summary>What the sources of third-party tools rely on, each as one test against us.</summary>
[Trait("Kind", "RealSockets")]
public sealed class TrapTests(OurAgent agent) : IClassFixture<OurAgent>
{
    private AgentProcess Ours => agent.Process;

    [Fact]
    public async Task Trap_Patroni_RequestKeysInAnyLetterCase_AreTaken()
    {
        await agent.BeginAsync();
        await Ours.ExpectAsync("PUT /v1/agent/service/register", """{"name":"pg","PORT":5432,"tags":["master"],"check":{"ttl":"10m"}}""");
        JsonElement service = await JsonAsync("/v1/agent/service/pg");
        Assert.Equal((5432, "master"), (service.GetProperty("Port").GetInt32(), service.GetProperty("Tags")[0].GetString()));
        Assert.True((await JsonAsync("/v1/agent/checks")).TryGetProperty("service:pg", out _));
    }

    [Fact]
    public async Task Trap_Patroni_SessionTTLMin_StandsInSelf()
    {
        await agent.BeginAsync();
        JsonElement self = await JsonAsync("/v1/agent/self");
        Assert.Equal(JsonValueKind.String, self.GetProperty("DebugConfig").GetProperty("SessionTTLMin").ValueKind);
        Assert.Equal("127.0.0.1", self.GetProperty("Member").GetProperty("Addr").GetString());
    }

    [Theory]
    [InlineData("0.001s")]
    [InlineData("15.0s")]
    [InlineData("9.87s")]
    [InlineData("60000ms")]
    [InlineData("1m30s")]
    [InlineData("1h")]
    [InlineData("1us")]
    public async Task Trap_GoDurations_OfEveryForm_AreTaken(string wait)
    {
        await agent.BeginAsync();
        await Ours.ExpectAsync($"GET /v1/catalog/nodes?wait={wait}");
        await Ours.ExpectAsync("PUT /v1/agent/check/register", $$"""{"Name":"c","TTL":"{{wait}}","Status":"passing"}""");
    }

    [Fact]
    public async Task Trap_Wait_WithoutChange_EndsWithTheSameIndexAndNotBeforeItsTime()
    {
        await agent.BeginAsync();
        string index = (await Ours.SendAsync("GET /v1/health/service/web")).Header("X-Consul-Index")!;
        TimeSpan wait = TimeSpan.FromMilliseconds(250);
        Stopwatch watch = Stopwatch.StartNew();
        RawReply reply = await Ours.SendAsync($"GET /v1/health/service/web?index={index}&wait=250ms");
        Assert.True(watch.Elapsed >= wait, $"after {watch.Elapsed}");
        Assert.Equal((200, index, "[]"), (reply.Status, reply.Header("X-Consul-Index"), reply.Text));
    }

    [Fact]
    public async Task Trap_Traefik_CatalogAndHealth_ListInstancesInTheSameOrder()
    {
        await agent.BeginAsync();
        foreach (string node in new[] { "b", "a", "C", "a-b" })
        {
            foreach (string id in new[] { "z", "Y", "x1", "x10", "x2" })
            {
                await Ours.ExpectAsync("PUT /v1/catalog/register", $$$"""
                    {"Node":"{{{node}}}","Address":"10.0.0.1","Service":{"ID":"{{{id}}}","Service":"web","Tags":["traefik.enable=true"]}}
                    """);
            }
        }

        string[] catalog = [.. (await JsonAsync("/v1/catalog/service/web?tag=traefik.enable=true")).EnumerateArray()
            .Select(row => Text(row, "Node") + Text(row, "ServiceID"))];
        string[] health = [.. (await JsonAsync("/v1/health/service/web")).EnumerateArray()
            .Select(row => Text(row.GetProperty("Node"), "Node") + Text(row.GetProperty("Service"), "ID"))];
        Assert.Equal(20, health.Length);
        Assert.Equal(catalog, health);
    }

    [Theory]
    [InlineData("/v1/catalog/datacenters", false)]
    [InlineData("/v1/catalog/nodes", true)]
    [InlineData("/v1/catalog/services", true)]
    [InlineData("/v1/catalog/service/nope", true)]
    [InlineData("/v1/catalog/node/nope", true)]
    [InlineData("/v1/health/service/nope", true)]
    [InlineData("/v1/health/node/nope", true)]
    [InlineData("/v1/health/checks/nope", true)]
    [InlineData("/v1/health/state/any", true)]
    public async Task Trap_ConsulTemplate_IndexHeaders_StandOnEveryReplyThatCanBlock(string target, bool canBlock)
    {
        await agent.BeginAsync();
        RawReply reply = await Ours.SendAsync("GET " + target);
        Assert.Equal(canBlock, reply.Header("X-Consul-Index") is { } index && ulong.Parse(index, CultureInfo.InvariantCulture) > 0);
        Assert.Equal(canBlock, reply.Header("X-Consul-KnownLeader") == "true");
        Assert.Equal(canBlock, reply.Header("X-Consul-LastContact") == "0");
    }

    [Fact]
    public async Task Trap_ConsulTemplate_WaitInMillisecondsAndIndexOf64Bits_AreTaken()
    {
        await agent.BeginAsync();
        RawReply reply = await Ours.SendAsync("GET /v1/catalog/services?stale&index=18446744073709551615&wait=10ms");
        Assert.Equal(200, reply.Status);
        await Ours.ExpectAsync("GET /v1/catalog/services?stale=&wait=60000ms");
    }

    [Fact]
    public async Task Trap_Prometheus_RepeatedTags_AreAllWanted()
    {
        await agent.BeginAsync();
        await Ours.ExpectAsync("PUT /v1/agent/service/register", """{"ID":"1","Name":"web","Tags":["a"]}""");
        await Ours.ExpectAsync("PUT /v1/agent/service/register", """{"ID":"2","Name":"web","Tags":["a","b"]}""");
        JsonElement both = await JsonAsync("/v1/health/service/web?tag=a&tag=b&stale=");
        Assert.Equal("2", Assert.Single(both.EnumerateArray()).GetProperty("Service").GetProperty("ID").GetString());
    }

    [Fact]
    public async Task Trap_DataPlaneApi_IndexOfAService_ChangesOnlyWithThatService()
    {
        await agent.BeginAsync();
        await Ours.ExpectAsync("PUT /v1/agent/service/register", """{"Name":"web"}""");
        string before = (await Ours.SendAsync("GET /v1/health/service/web")).Header("X-Consul-Index")!;
        await Ours.ExpectAsync("PUT /v1/agent/service/register", """{"Name":"other"}""");
        await Ours.ExpectAsync("PUT /v1/catalog/register", """{"Node":"ext1","Address":"10.0.0.1","Check":{"Name":"c"}}""");
        Assert.Equal(before, (await Ours.SendAsync("GET /v1/health/service/web")).Header("X-Consul-Index"));
        await Ours.ExpectAsync("PUT /v1/agent/service/register", """{"Name":"web","Port":1}""");
        Assert.NotEqual(before, (await Ours.SendAsync("GET /v1/health/service/web")).Header("X-Consul-Index"));
    }

    [Fact]
    public async Task Trap_Fabio_NamesOfMaintenanceAndNodeChecks_AreConsuls()
    {
        await agent.BeginAsync();
        await Ours.ExpectAsync("PUT /v1/agent/service/register", """{"ID":"web-1","Name":"web"}""");
        await Ours.ExpectAsync("PUT /v1/agent/service/maintenance/web-1?enable=true");
        await Ours.ExpectAsync("PUT /v1/agent/maintenance?enable=true");
        string any = await Ours.UntilAsync(
            "/v1/health/state/any",
            text => text.Contains("_node_maintenance", StringComparison.Ordinal) && text.Contains("web-1", StringComparison.Ordinal));
        using JsonDocument document = JsonDocument.Parse(any);
        Assert.Equal(
            ["_node_maintenance", "_service_maintenance:web-1", "serfHealth"],
            document.RootElement.EnumerateArray().Select(check => check.GetProperty("CheckID").GetString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Trap_Vault_CheckIdWithColonAndStaleCatalog_Work()
    {
        await agent.BeginAsync();
        await Ours.ExpectAsync("PUT /v1/agent/service/register", """{"ID":"vault:10.0.0.1:8200","Name":"vault","Tags":["standby"]}""");
        await Ours.ExpectAsync("PUT /v1/agent/check/register", """
            {"ID":"vault:10.0.0.1:8200:vault-sealed-check","Name":"Vault Sealed Status","ServiceID":"vault:10.0.0.1:8200","TTL":"10m"}
            """);
        await Ours.ExpectAsync("PUT /v1/agent/check/pass/vault:10.0.0.1:8200:vault-sealed-check?note=Vault+Unsealed");
        JsonElement row = Assert.Single((await JsonAsync("/v1/catalog/service/vault?stale=")).EnumerateArray());
        Assert.Equal("vault:10.0.0.1:8200", row.GetProperty("ServiceID").GetString());
        Assert.Contains("Vault Unsealed", await Ours.ExpectAsync("GET /v1/agent/checks"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trap_Nomad_AgentShowsOnlyWhatWasRegisteredWithIt()
    {
        await agent.BeginAsync();
        await Ours.ExpectAsync("PUT /v1/catalog/register", """
            {"Node":"ext1","Address":"10.0.0.1","Service":{"Service":"ext"},"Check":{"Name":"c"}}
            """);
        await Ours.ExpectAsync("PUT /v1/agent/service/register", """{"Name":"own"}""");
        Assert.Equal(["own"], (await JsonAsync("/v1/agent/services")).EnumerateObject().Select(one => one.Name));
        Assert.Empty((await JsonAsync("/v1/agent/checks")).EnumerateObject());
    }

    [Fact]
    public async Task Trap_Registrator_LeaderIsAQuotedString()
    {
        await agent.BeginAsync();
        Assert.Equal($"\"127.0.0.1:{Ours.Ports.Server}\"", await Ours.ExpectAsync("GET /v1/status/leader"));
        Assert.Equal($"[\"127.0.0.1:{Ours.Ports.Server}\"]", await Ours.ExpectAsync("GET /v1/status/peers"));
    }

    [Fact]
    public async Task Trap_Steeltoe_TtlCheckOfAService_HasTheConventionalId()
    {
        await agent.BeginAsync();
        await Ours.ExpectAsync("PUT /v1/agent/service/register", """{"ID":"app-1","Name":"app","Check":{"TTL":"10m"}}""");
        await Ours.ExpectAsync("PUT /v1/agent/check/pass/service:app-1");
        await Ours.UntilAsync("/v1/health/service/app?passing=true", text => text.Contains("app-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trap_Ocelot_InstanceWithoutAddress_HasItsNodesAddress()
    {
        await agent.BeginAsync();
        await Ours.ExpectAsync("PUT /v1/agent/service/register", """{"Name":"web","Port":80}""");
        JsonElement entry = Assert.Single((await JsonAsync("/v1/health/service/web")).EnumerateArray());
        Assert.Equal("", entry.GetProperty("Service").GetProperty("Address").GetString());
        Assert.Equal("127.0.0.1", entry.GetProperty("Node").GetProperty("Address").GetString());
    }

    [Theory]
    [InlineData("?token=t", null)]
    [InlineData("?dc=dc1&near=_agent&pretty", null)]
    [InlineData("", "X-Consul-Token: t")]
    [InlineData("", "Authorization: Bearer t")]
    public async Task Trap_EveryClient_CommonParameters_AreTaken(string query, string? header)
    {
        await agent.BeginAsync();
        (string, string)[] headers = header is null ? [] : [(header.Split(": ")[0], header.Split(": ")[1])];
        RawReply reply = await Ours.SendAsync(new RawRequest("GET", "/v1/catalog/nodes" + query, headers, null));
        Assert.Equal(200, reply.Status);
        Assert.Equal(query.Contains("pretty", StringComparison.Ordinal), reply.Text.StartsWith("[\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trap_SpringAndNet_EmptyLists_AreNullOnlyWhereConsulsAre()
    {
        await agent.BeginAsync();
        await Ours.ExpectAsync("PUT /v1/catalog/register", """{"Node":"ext1","Address":"10.0.0.1","Service":{"Service":"bare"}}""");
        JsonElement row = Assert.Single((await JsonAsync("/v1/catalog/service/bare")).EnumerateArray());
        Assert.Equal(
            ("null", "null", "[]", "{}"),
            (Text(row, "NodeMeta"), Text(row, "TaggedAddresses"), Text(row, "ServiceTags"), Text(row, "ServiceMeta")));
        Assert.Equal("null", await Ours.ExpectAsync("GET /v1/catalog/node/nope"));
        Assert.Equal("[]", await Ours.ExpectAsync("GET /v1/health/node/nope"));
        Assert.Equal("{}", await Ours.ExpectAsync("GET /v1/agent/services"));
    }

    [Fact]
    public async Task Trap_EveryClient_Writes_Answer200AndNever204()
    {
        await agent.BeginAsync();
        RawReply register = await Ours.SendAsync("PUT /v1/agent/service/register", """{"Name":"web"}""");
        Assert.Equal((200, "", null), (register.Status, register.Text, register.Header("Content-Type")));
        Assert.Equal("true", await Ours.ExpectAsync("PUT /v1/catalog/register", """{"Node":"ext1","Address":"10.0.0.1"}"""));
        Assert.Equal("true", await Ours.ExpectAsync("PUT /v1/catalog/deregister", """{"Node":"ext1"}"""));
        Assert.Equal("", await Ours.ExpectAsync("PUT /v1/agent/service/deregister/web"));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetRawText();

    private async Task<JsonElement> JsonAsync(string target)
    {
        using JsonDocument document = JsonDocument.Parse(await Ours.ExpectAsync("GET " + target));
        return document.RootElement.Clone();
    }
}
