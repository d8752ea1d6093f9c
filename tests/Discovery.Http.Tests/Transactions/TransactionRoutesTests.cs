using Discovery.Infrastructure;

namespace Discovery.Transactions;

[Trait("Kind", "RealSockets")]
public sealed class TransactionRoutesTests
{
    [Theory]
    [InlineData("""[{"KV":{"Verb":"set","Key":"b"}},{"KV":{"Verb":"get","Key":"none"}}]""")]
    [InlineData("""[{"KV":{"Verb":"set","Key":"b"}},{"KV":{"Verb":"nope","Key":"a"}}]""")]
    [InlineData("""[{"KV":{"Verb":"set","Key":"b"}},{"KV":{"Verb":"set","Key":""}}]""")]
    [InlineData("""[{"KV":{"Verb":"delete","Key":"a"}},{"KV":{"Verb":"lock","Key":"b","Session":""}}]""")]
    [InlineData("""[{"Node":{"Verb":"set","Node":{"Node":"e"}}},{"Service":{"Verb":"set","Node":"e","Service":{}}}]""")]
    [InlineData("""[{"Node":{"Verb":"delete","Node":{"Node":"n1"}}},{"Check":{"Verb":"nope"}}]""")]
    public async Task Put_OfWhichOneOperationFails_Is409AndMovesNoIndex(string body)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.GetRawAsync("/v1/kv/a", "PUT", body: "1");
        RawReply keys = await host.SendAsync("/v1/kv/?recurse");
        RawReply nodes = await host.SendAsync("/v1/catalog/nodes");

        RawReply reply = await host.SendAsync("/v1/txn", "PUT", body: body);

        Assert.Equal(409, reply.Status);
        Assert.StartsWith("""{"Results":null,"Errors":[{"OpIndex":1,"What":""", reply.Text, StringComparison.Ordinal);
        RawReply keysNow = await host.SendAsync("/v1/kv/?recurse");
        RawReply nodesNow = await host.SendAsync("/v1/catalog/nodes");
        Assert.Equal((keys.Text, keys["X-Consul-Index"]), (keysNow.Text, keysNow["X-Consul-Index"]));
        Assert.Equal((nodes.Text, nodes["X-Consul-Index"]), (nodesNow.Text, nodesNow["X-Consul-Index"]));
    }

    [Fact]
    public async Task Put_AStatusThatIsNone_IsRefused()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string body = """[{"Check":{"Verb":"set","Check":{"Node":"n1","Name":"c","Status":"nonsense"}}}]""";

        Assert.Equal((400, "Invalid check status: 'nonsense'"), await host.GetRawAsync("/v1/txn", "PUT", body: body));
    }

    [Fact]
    public async Task Put_TwoInsertsOfWhichOneIsThere_AsOrleansDoes_Is409AndInsertsNone()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.GetRawAsync("/v1/kv/cluster/version", "PUT", body: "1");

        (int status, string body) = await host.GetRawAsync("/v1/txn", "PUT", body:
            """[{"KV":{"Verb":"cas","Key":"cluster/silo","Value":"MQ==","Index":0}},"""
            + """{"KV":{"Verb":"cas","Key":"cluster/version","Value":"Mg==","Index":0}}]""");

        Assert.Equal(
            (409, """{"Results":null,"Errors":[{"OpIndex":1,"What":"failed to set key \"cluster/version\", index is stale"}]}"""),
            (status, body));
        Assert.Equal((200, "[\"cluster/version\"]"), await host.GetRawAsync("/v1/kv/?keys"));
    }

    [Theory]
    [InlineData("GET", "/v1/txn", "", 405, "method GET not allowed")]
    [InlineData("POST", "/v1/txn", "[]", 405, "method POST not allowed")]
    [InlineData("PUT", "/v1/txn/", "[]", 404, "")]
    [InlineData("PUT", "/v1/txn?dc=dc2", """[{"KV":{"Verb":"set","Key":""}}]""", 500, "No path to datacenter")]
    [InlineData("PUT", "/v1/txn?stale&consistent", """[{"KV":{"Verb":"get","Key":"a"}}]""", 400,
        "Cannot specify ?stale with ?consistent, conflicting semantics.")]
    [InlineData("PUT", "/v1/txn?stale&consistent", """[{"KV":{"Verb":"delete","Key":"a"}}]""", 200,
        """{"Results":[],"Errors":null}""")]
    public async Task Call_OfTheRoute_IsAnsweredAsConsulDoes(string method, string target, string body, int status, string text)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((status, text), await host.GetRawAsync(target, method, body: body));
    }

    [Fact]
    public async Task Put_MoreThanTheOptions_Is413WithTextsThatVaultUnderstands()
    {
        await using ApiHost host = await ApiHost.StartAsync(static options =>
        {
            options.KeyValueBytesMax = 3;
            options.TransactionBytesMax = 100;
            options.TransactionOperationsMax = 2;
        });

        Assert.Equal(
            (413, "Transaction contains too many operations (3 > 2)"), await host.GetRawAsync("/v1/txn", "PUT", body: "[{},{},{}]"));
        Assert.Equal(
            (413, "Value for key \"k\" is too large (4 > 3 bytes)"),
            await host.GetRawAsync("/v1/txn", "PUT", body: """[{"KV":{"Verb":"set","Key":"k","Value":"MTIzNA=="}}]"""));
        Assert.Equal(
            (413, "Request body(101 bytes) too large, max size: 100 bytes. See "
                + "https://www.consul.io/docs/agent/options.html#txn_max_req_len. The transaction is too large"),
            await host.GetRawAsync("/v1/txn", "PUT", body: $"[]{new string(' ', 99)}"));
    }

    [Fact]
    public async Task Put_ByDefault_Takes64Operations()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string operation = """{"KV":{"Verb":"check-not-exists","Key":"z"}}""";

        string most = $"[{string.Join(',', Enumerable.Repeat(operation, 64))}]";
        string more = $"[{string.Join(',', Enumerable.Repeat(operation, 65))}]";

        Assert.Equal(200, (await host.SendAsync("/v1/txn", "PUT", body: most)).Status);
        Assert.Equal((413, "Transaction contains too many operations (65 > 64)"), await host.GetRawAsync("/v1/txn", "PUT", body: more));
    }

    [Fact]
    public async Task Put_ALockThatIsDelayed_TellsOfTheDelayAlone()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string id = (await host.GetRawAsync("/v1/session/create", "PUT")).Body[7..^2];
        await host.GetRawAsync($"/v1/kv/l?acquire={id}", "PUT", body: "v");
        await host.GetRawAsync($"/v1/session/destroy/{id}", "PUT");

        (int status, string body) = await host.GetRawAsync("/v1/txn", "PUT", body:
            """[{"KV":{"Verb":"get","Key":"none"}},{"KV":{"Verb":"lock","Key":"l","Session":""}}]""");

        Assert.Equal(
            (409, """{"Results":null,"Errors":[{"OpIndex":1,"What":"failed to lock key \"l\" due to lock delay"}]}"""), (status, body));
    }
}
