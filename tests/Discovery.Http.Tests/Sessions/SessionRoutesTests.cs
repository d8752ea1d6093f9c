using System.Text.Json;
using System.Text.RegularExpressions;
using Discovery.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.Sessions;

[Trait("Kind", "RealSockets")]
public sealed partial class SessionRoutesTests
{
    private const string Unknown = "aaaaaaaa-0000-0000-0000-000000000001";
    private const string Defaults =
        """[{"ID":"*","Name":"","Node":"n1","LockDelay":15000000000,"Behavior":"release","TTL":"","NodeChecks":["serfHealth"],"""
        + "\"ServiceChecks\":null,\"CreateIndex\":*,\"ModifyIndex\":*}]";

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"Name":null,"Node":null,"Behavior":null,"TTL":null,"LockDelay":null} trailing""")]
    [InlineData("""{"ID":"aaaaaaaa-0000-0000-0000-000000000001","Unknown":{"a":[1]},"CreateIndex":5}""")]
    [InlineData("""{"Checks":["serfHealth"]}""")]
    public async Task Create_WithNothingGiven_HasConsulsDefaults(string? body)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string id = await CreateAsync(host, body);

        Assert.NotEqual(Unknown, id);
        Assert.Equal((200, Defaults), Masked(await host.GetRawAsync($"/v1/session/info/{id}")));
        Assert.Equal((200, Defaults), Masked(await host.GetRawAsync("/v1/session/list")));
        Assert.Equal((200, Defaults), Masked(await host.GetRawAsync("/v1/session/node/N1")));
        Assert.Equal((200, "[]"), await host.GetRawAsync("/v1/session/node/other"));
    }

    [Fact]
    public async Task Create_AsPatroniDoes_TakesNamesInLowerCase()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        string id = await CreateAsync(
            host, """{"name":"batman-pg","ttl":"15.0s","lockdelay":"0.001s","behavior":"delete","checks":["serfHealth"]}""");

        Assert.Equal(
            (200, """[{"ID":"*","Name":"batman-pg","Node":"n1","LockDelay":1000000,"Behavior":"delete","TTL":"15.0s","""
                + "\"NodeChecks\":[\"serfHealth\"],\"ServiceChecks\":null,\"CreateIndex\":*,\"ModifyIndex\":*}]"),
            Masked(await host.GetRawAsync($"/v1/session/info/{id}")));
    }

    [Theory]
    [InlineData("\"20s\"", 20_000_000_000)]
    [InlineData("15000000000", 15_000_000_000)]
    [InlineData("7", 7_000_000_000)]
    [InlineData("1.5", 1_000_000_000)]
    [InlineData("\"0s\"", 0)]
    [InlineData("0", 0)]
    [InlineData("true", 0)]
    [InlineData("null", 15_000_000_000)]
    [InlineData("\"-5s\"", 0)]
    [InlineData("\"24h\"", 60_000_000_000)]
    [InlineData("1000", 1000)]
    public async Task Create_WithALockDelay_IsSecondsWhereTheNumberIsSmall(string given, long nanoseconds)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        string id = await CreateAsync(host, $$"""{"LockDelay":{{given}}}""");

        using JsonDocument list = JsonDocument.Parse(await host.Client.GetStringAsync($"/v1/session/info/{id}"));
        Assert.Equal(nanoseconds, list.RootElement[0].GetProperty("LockDelay").GetInt64());
    }

    [Theory]
    [InlineData("""{"Checks":[]}""", "\"NodeChecks\":[],\"ServiceChecks\":null")]
    [InlineData("""{"NodeChecks":[]}""", "\"NodeChecks\":[],\"ServiceChecks\":null")]
    [InlineData("""{"NodeChecks":null}""", "\"NodeChecks\":[],\"ServiceChecks\":null")]
    [InlineData("""{"NodeChecks":[],"Checks":["nope"]}""", "\"NodeChecks\":[],\"ServiceChecks\":null")]
    [InlineData("""{"ServiceChecks":[]}""", "\"NodeChecks\":[\"serfHealth\"],\"ServiceChecks\":[]")]
    [InlineData("""{"Checks":["serfHealth","web"]}""",
        "\"NodeChecks\":[\"serfHealth\"],\"ServiceChecks\":null,\"Checks\":[\"serfHealth\",\"web\"]")]
    [InlineData("""{"NodeChecks":[],"ServiceChecks":[{"id":"web","Namespace":"x"}]}""",
        "\"NodeChecks\":[],\"ServiceChecks\":[{\"ID\":\"web\",\"Namespace\":\"\"}]")]
    public async Task Create_WithChecks_ShowsThemAsConsulDoes(string body, string shown)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.RegisterAsync("""{"Node":"n1","SkipNodeUpdate":true,"Check":{"Name":"web","Status":"passing"}}""");

        string id = await CreateAsync(host, body);

        Assert.Contains(shown, (await host.GetRawAsync($"/v1/session/info/{id}")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"TTL":"5s"}""", 500, "Invalid Session TTL '5000000000', must be between [10s=24h0m0s]")]
    [InlineData("""{"TTL":"-15s"}""", 500, "Invalid Session TTL '-15000000000', must be between [10s=24h0m0s]")]
    [InlineData("""{"TTL":"24h0m0.000000001s"}""", 500, "Invalid Session TTL '86400000000001', must be between [10s=24h0m0s]")]
    [InlineData("""{"TTL":"15"}""", 500, "Session TTL '15' invalid: time: missing unit in duration \"15\"")]
    [InlineData("""{"TTL":"\"q\""}""", 500, "Session TTL '\"q\"' invalid: time: invalid duration \"\"q\"\"")]
    [InlineData("""{"TTL":15}""", 400,
        "Request decode failed: json: cannot unmarshal number into Go struct field .TTL of type string")]
    [InlineData("""{"LockDelay":"x","Behavior":"zz"}""", 400, "Request decode failed: time: invalid duration \"x\"")]
    [InlineData("""{"Behavior":"zz","TTL":"1s","Node":"nope"}""", 500, "Invalid Behavior setting 'zz'")]
    [InlineData("""{"Behavior":5}""", 400,
        "Request decode failed: json: cannot unmarshal number into Go struct field .Behavior of type structs.SessionBehavior")]
    [InlineData("""{"Node":""}""", 500, "Must provide Node")]
    [InlineData("""{"Node":"nope"}""", 500, "Missing node registration")]
    [InlineData("""{"NodeChecks":["nope"]}""", 500, "Missing check 'nope' registration")]
    [InlineData("""{"Checks":["serfHealth","nope"]}""", 500, "Missing check 'nope' registration")]
    [InlineData("""{"Checks":["nope"],"NodeChecks":["bad"]}""", 500, "Missing check 'nope' registration")]
    [InlineData("""{"NodeChecks":["bad"]}""", 500, "Check 'bad' is in critical state")]
    [InlineData("[]", 400,
        "Request decode failed: json: cannot unmarshal array into Go value of type struct { LockDelay interface {}; *structs.Alias }")]
    [InlineData("{", 400, "Request decode failed: unexpected EOF")]
    public async Task Create_ThatIsRefused_HasConsulsText(string body, int status, string text)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.RegisterAsync("""{"Node":"n1","SkipNodeUpdate":true,"Check":{"Name":"bad","Status":"critical"}}""");

        Assert.Equal((status, text), await host.GetRawAsync("/v1/session/create", "PUT", body: body));
        Assert.Equal((200, "[]"), await host.GetRawAsync("/v1/session/list"));
    }

    [Theory]
    [InlineData("PUT", "/v1/session/renew/" + Unknown, 404, "Session id '" + Unknown + "' not found", false)]
    [InlineData("PUT", "/v1/session/renew/x", 500, "failed session lookup: index error: UUID must be 36 characters", false)]
    [InlineData("PUT", "/v1/session/renew/", 400, "Missing session", false)]
    [InlineData("PUT", "/v1/session/renew/x?dc=dc2", 500, "No path to datacenter", false)]
    [InlineData("PUT", "/v1/session/renew/x?index=x&ns=x", 400, "Invalid index", false)]
    [InlineData("PUT", "/v1/session/destroy/" + Unknown, 200, "true", false)]
    [InlineData("PUT", "/v1/session/destroy/x?index=x", 500, "failed session lookup: index error: UUID must be 36 characters", false)]
    [InlineData("PUT", "/v1/session/destroy/", 400, "Missing session", false)]
    [InlineData("PUT", "/v1/session/create?dc=dc2", 500, "No path to datacenter", false)]
    [InlineData("GET", "/v1/session/info/" + Unknown, 200, "[]", true)]
    [InlineData("GET", "/v1/session/info/x", 500, "failed session lookup: index error: UUID must be 36 characters", true)]
    [InlineData("GET", "/v1/session/info/x?dc=dc2", 500, "No path to datacenter", true)]
    [InlineData("GET", "/v1/session/info/", 400, "Missing session", false)]
    [InlineData("GET", "/v1/session/node/", 400, "Missing node name", false)]
    [InlineData("GET", "/v1/session/list?dc=dc2", 500, "No path to datacenter", true)]
    [InlineData("GET", "/v1/session/list/x", 404, "", false)]
    [InlineData("GET", "/v1/session/renew/x", 405, "method GET not allowed", false)]
    public async Task Call_OfWhatIsNotThere_HasConsulsStatusAndText(string method, string target, int status, string text, bool hasMeta)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        RawReply reply = await host.SendAsync(target, method);

        Assert.Equal((status, text, hasMeta), (reply.Status, reply.Text, reply["X-Consul-Index"] != "-"));
    }

    [Fact]
    public async Task Renew_ASession_ShowsIt_AndItsLeaseIsTwiceItsTimeToLive()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string id = await CreateAsync(host, """{"TTL":"10s"}""");

        (int status, string body) = await host.GetRawAsync($"/v1/session/renew/{id}", "PUT", body: "a body");

        Assert.Equal((200, (await host.GetRawAsync("/v1/session/list")).Body), (status, body));
        var sessions = host.App.Services.GetRequiredService<ISessions>();
        SessionEntry session = (await sessions.QueryAsync(Guid.Parse(id))).Body!;
        Assert.Equal(("10s", TimeSpan.FromSeconds(20), false), (session.TimeToLive, session.Lease, session.IsGuarded));
        Assert.Equal((200, "true"), await host.GetRawAsync($"/v1/session/destroy/{id}", "PUT"));
        Assert.Equal(404, (await host.SendAsync($"/v1/session/renew/{id}", "PUT")).Status);
    }

    [Fact]
    public async Task Create_WithTheLimitLowered_TakesShorterTimesAndTellsThem()
    {
        await using ApiHost host = await ApiHost.StartAsync(build: static builder =>
            builder.Services.Configure<SessionLimitOptions>(static limits => limits.TtlMin = TimeSpan.FromSeconds(1)));

        await CreateAsync(host, """{"TTL":"1s"}""");

        Assert.Contains("\"SessionTTLMin\":\"1s\"", (await host.GetRawAsync("/v1/agent/self")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lock_ThroughASession_GoesRoundAsConsulsLockClientExpects()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string first = await CreateAsync(host, """{"LockDelay":"0s"}""");
        string second = await CreateAsync(host, """{"LockDelay":"0s"}""");

        Assert.Equal((200, "true"), await host.GetRawAsync($"/v1/kv/l?acquire={first}&flags=3304740253564472344", "PUT", body: "v"));
        Assert.Equal((200, "false"), await host.GetRawAsync($"/v1/kv/l?acquire={second}", "PUT", body: "w"));
        Assert.Equal((200, "false"), await host.GetRawAsync($"/v1/kv/l?release={second}", "PUT", body: "w"));
        Assert.Equal((200, "false"), await host.GetRawAsync("/v1/kv/l?release=x", "PUT", body: "w"));
        Assert.Equal(
            (200, $$"""[{"LockIndex":1,"Key":"l","Flags":3304740253564472344,"Value":"dg==","Session":"{{first}}","""
                + "\"CreateIndex\":*,\"ModifyIndex\":*}]"),
            WithoutIndexes(await host.GetRawAsync("/v1/kv/l")));
        Assert.Equal((200, "true"), await host.GetRawAsync($"/v1/kv/l?release={first}", "PUT", body: "w"));
        Assert.Equal((200, "true"), await host.GetRawAsync($"/v1/kv/l?acquire={second}", "PUT", body: "x"));
        Assert.Equal((200, "true"), await host.GetRawAsync("/v1/kv/l", "PUT", body: "y"));
        Assert.Equal(
            (200, $$"""[{"LockIndex":0,"Key":"l","Flags":0,"Value":"eQ==","Session":"{{second}}","CreateIndex":*,"ModifyIndex":*}]"""),
            WithoutIndexes(await host.GetRawAsync("/v1/kv/l")));
    }

    [Fact]
    public async Task Lock_AfterADestroyedSession_WaitsForItsDelayWhoeverAsks()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string first = await CreateAsync(host, null);
        string second = await CreateAsync(host, null);
        await host.GetRawAsync($"/v1/kv/l?acquire={first}", "PUT", body: "v");

        Assert.Equal((200, "true"), await host.GetRawAsync($"/v1/session/destroy/{first}", "PUT"));

        Assert.Equal((200, "false"), await host.GetRawAsync($"/v1/kv/l?acquire={second}", "PUT", body: "w"));
        Assert.Equal((200, "false"), await host.GetRawAsync("/v1/kv/l?acquire=x", "PUT", body: "w"));
        Assert.Equal((200, "false"), await host.GetRawAsync("/v1/kv/l?acquire=", "PUT", body: "w"));
        Assert.Equal((200, "v"), await host.GetRawAsync("/v1/kv/l?raw"));
    }

    [Fact]
    public async Task Block_OnTheList_IsReleasedByASession()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string index = (await host.SendAsync("/v1/session/list"))["X-Consul-Index"];
        Task<RawReply> blocked = host.SendAsync($"/v1/session/list?index={index}&wait=10m");
        await host.BlockedAsync(1);

        await CreateAsync(host, null);

        Assert.Equal((200, Defaults), Masked(((await blocked).Status, (await blocked).Text)));
    }

    private static async Task<string> CreateAsync(ApiHost host, string? body)
    {
        (int status, string text) = await host.GetRawAsync("/v1/session/create", "PUT", body: body);
        Assert.Equal((200, """{"ID":"*"}"""), Masked((status, text)));
        return text[7..^2];
    }

    private static (int Status, string Body) Masked((int Status, string Body) reply) =>
        WithoutIndexes((reply.Status, IdPattern().Replace(reply.Body, "\"ID\":\"*\"")));

    private static (int Status, string Body) WithoutIndexes((int Status, string Body) reply) =>
        (reply.Status, IndexPattern().Replace(reply.Body, "\"$1Index\":*"));

    [GeneratedRegex("\"ID\":\"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\"")]
    private static partial Regex IdPattern();

    [GeneratedRegex("\"(Create|Modify)Index\":\\d+")]
    private static partial Regex IndexPattern();
}
