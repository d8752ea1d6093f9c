using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Discovery.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.Agent;

[Trait("Kind", "RealSockets")]
public sealed class AgentRoutesTests
{
    private const string Web = """{"ID":"w1","Service":"web","Tags":["v1"],"Meta":{"k":"v"},"Port":80,"Address":"10.1.1.1","""
        + """ "TaggedAddresses":{"lan_ipv4":{"Address":"10.1.1.1","Port":80},"wan_ipv4":{"Address":"10.1.1.1","Port":80}},"""
        + """ "Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false""";

    private static string WebJson => Web.Replace(", \"", ",\"", StringComparison.Ordinal) + "}";

    [Fact]
    public async Task Register_AService_ShowsItWithConsulsDefaultsEverywhere()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        (int status, string body, string? type) = await PutAsync(host, "/v1/agent/service/register", """
            {"ID":"w1","Name":"web","Port":80,"Tags":["v1"],"Address":"10.1.1.1","Meta":{"k":"v"},"Check":{"TTL":"30s"}}
            """);

        Assert.Equal((200, "", null), (status, body, type));
        Assert.Equal("{\"w1\":" + WebJson + "}", await host.Client.GetStringAsync("/v1/agent/services"));
        Assert.Equal(
            """{"service:w1":{"Node":"n1","CheckID":"service:w1","Name":"Service 'web' check","Status":"critical","Notes":"","""
            + "\"Output\":\"\",\"ServiceID\":\"w1\",\"ServiceName\":\"web\",\"ServiceTags\":[\"v1\"],\"Type\":\"ttl\",\"Definition\":{},"
            + "\"CreateIndex\":0,\"ModifyIndex\":0}}",
            await host.Client.GetStringAsync("/v1/agent/checks"));
        Assert.Equal("10.1.1.1", host.Catalog.Find("web").All[0].Service.Address);
    }

    [Fact]
    public async Task Register_WhileTheCatalogTakesNothing_IsAnsweredAllTheSame()
    {
        await using ApiHost host = await ApiHost.StartAsync(build: static builder =>
        {
            ServiceDescriptor real = builder.Services.Last(static service => service.ServiceType == typeof(ILocalAgent));
            builder.Services.AddSingleton(services =>
            {
                ILocalAgent proxy = DispatchProxy.Create<ILocalAgent, UnshownAgent>();
                ((UnshownAgent)(object)proxy).Real = (ILocalAgent)real.ImplementationFactory!(services);
                return proxy;
            });
        });

        Assert.Equal(200, (await PutAsync(host, "/v1/agent/service/register", """{"Name":"web"}""")).Status);
        Assert.Contains("\"web\"", await host.Client.GetStringAsync("/v1/agent/services"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RegisterCheck_OfAServiceWithoutAnId_HasItsNameAsId()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await PutAsync(host, "/v1/agent/service/register", """{"Name":"web"}""");
        await PutAsync(host, "/v1/agent/check/register", """{"Name":"extra","ServiceID":"web","TTL":"30s"}""");

        using JsonDocument checks = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/agent/checks"));
        Assert.Equal("web", checks.RootElement.GetProperty("extra").GetProperty("ServiceID").GetString());
        Assert.Equal(200, (await PutAsync(host, "/v1/agent/check/pass/extra", "")).Status);
    }

    [Fact]
    public async Task Register_Nothing_ListsAreEmptyObjects()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal("{}", await host.Client.GetStringAsync("/v1/agent/services"));
        Assert.Equal("{}", await host.Client.GetStringAsync("/v1/agent/checks"));
    }

    [Fact]
    public async Task Register_APlainService_HasListsAndMapsThatAreNotNull()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await PutAsync(host, "/v1/agent/service/register", """{"Name":"plain","Tags":null,"Meta":null}""");

        Assert.Equal(
            """{"plain":{"ID":"plain","Service":"plain","Tags":[],"Meta":{},"Port":0,"Address":"","Weights":{"Passing":1,"Warning":1},"""
            + "\"EnableTagOverride\":false}}",
            await host.Client.GetStringAsync("/v1/agent/services"));
    }

    // As Patroni writes its keys, in lower case, and its durations, with fractions.
    [Fact]
    public async Task Register_KeysInLowerCase_AreTaken()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        await PutAsync(host, "/v1/agent/service/register", """
            {"id":"pg/1","name":"pg","address":"10.0.0.5","port":5432,"tags":["master"],
             "check":{"http":"http://10.0.0.5:8008/master","interval":"9.87s","deregister_critical_service_after":"15.0s"}}
            """);

        AgentCheck check = host.Agent.Checks.Single();
        Assert.Equal(("service:pg/1", "pg/1"), (check.Check.CheckId, check.Check.ServiceId));
        Assert.Equal(TimeSpan.FromMilliseconds(9870), check.Definition!.Interval);
        Assert.Equal(TimeSpan.FromMinutes(1), check.Definition.DeregisterCriticalServiceAfter);
    }

    [Fact]
    public async Task Register_ShortTimes_AreRaisedToTheLeast()
    {
        await using ApiHost host = await ApiHost.StartAsync(static options => options.CheckDeregisterIntervalMin = TimeSpan.FromSeconds(1));

        await PutAsync(host, "/v1/agent/check/register", """
            {"Name":"c","HTTP":"http://127.0.0.1:1/","Interval":"1ms","DeregisterCriticalServiceAfter":"2s"}
            """);

        CheckDefinition definition = host.Agent.Checks.Single().Definition!;
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)), (definition.Interval, definition.DeregisterCriticalServiceAfter));
    }

    [Theory]
    [InlineData("""{"Name":"a","foo":1}""", 400, "Request decode failed: json: unknown field \"foo\"")]
    [InlineData("", 400, "Request decode failed: EOF")]
    [InlineData("{}", 400, "Missing service name")]
    [InlineData("""{"Name":"a","Address":"::","Weights":{"Passing":0}}""", 400, "Invalid service address")]
    [InlineData("""{"Name":"a","Weights":{"Passing":0},"Meta":{"":""}}""", 400, "Invalid Weights: Passing must be greater than 0")]
    [InlineData("""{"Name":"a","Weights":{"Passing":1,"Warning":-1}}""", 400, "Invalid Weights: Warning must be greater or equal than 0")]
    [InlineData("""{"Name":"a","Weights":{"Passing":70000}}""", 400, "Invalid Weights: DNS Weight must be between 0 and 65535")]
    [InlineData(
        """{"Name":"a","Meta":{"":"x"},"Check":{"Notes":"x"}}""",
        400,
        "Invalid Service Meta: Couldn't load metadata pair ('', 'x'): Key cannot be blank")]
    [InlineData(
        """{"Name":"a","Meta":{"consul-x":"y"}}""",
        400,
        "Invalid Service Meta: Couldn't load metadata pair ('consul-x', 'y'): Key prefix 'consul-' is reserved for internal use")]
    [InlineData("""{"Name":"a","Check":{"Notes":"x"}}""", 400, "Invalid check: TTL must be > 0 for TTL checks")]
    [InlineData("""{"Name":"a","Check":{"TTL":"-1s","Status":"x"}}""", 400, "Invalid check: TTL must be > 0 for TTL checks")]
    [InlineData("""{"Name":"a","Check":{"TTL":"1s","Interval":"1s"}}""", 400, "Invalid check: Interval and TTL cannot both be specified")]
    [InlineData("""{"Name":"a","Check":{"TTL":"1s","Status":"x"}}""", 400, "Status for checks must 'passing', 'warning', 'critical'")]
    [InlineData(
        """{"Name":"a","Check":{"Args":["true"],"Interval":"5s"}}""",
        500,
        "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true")]
    [InlineData(
        """{"Name":"a","TaggedAddresses":{"lan_ipv4":{"Address":"::1"}}}""",
        500,
        "Service tagged address \"lan_ipv4\" must be a valid ipv4 address")]
    [InlineData(
        """{"Name":"a","Connect":{"Native":true}}""",
        400,
        "Invalid service: Connect is not supported: this node has no service mesh, register a plain service")]
    [InlineData(
        """{"Name":"a","Kind":"connect-proxy"}""",
        400,
        "Invalid service: Kind \"connect-proxy\" is not supported: this node has no service mesh, register a plain service")]
    [InlineData("""{"Name":"a","Checks":[null]}""", 400, "Invalid check: must not be null")]
    public async Task Register_WhatConsulRefuses_IsRefusedInItsWords(string json, int status, string text)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((status, text, "text/plain; charset=utf-8"), await PutAsync(host, "/v1/agent/service/register", json));
        Assert.Equal("{}", await host.Client.GetStringAsync("/v1/agent/services"));
    }

    [Theory]
    [InlineData("""{"Name":"a","Connect":{},"Proxy":{},"Kind":""}""")]
    [InlineData("""{"Name":"a","Connect":null,"Proxy":null,"Check":{}}""")]
    [InlineData("""{"Name":"a","Tags":["",null],"TaggedAddresses":{"wan":{"Address":"","Port":1}}}""")]
    public async Task Register_EmptyValues_AreTaken(string json)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((200, "", null), await PutAsync(host, "/v1/agent/service/register", json));
    }

    [Theory]
    [InlineData("", "service:w:1 service:w:2")]
    [InlineData("?replace-existing-checks=false", "service:w:1 service:w:2")]
    [InlineData("?replace-existing-checks=1", "service:w:1 service:w:2")]
    [InlineData("?replace-existing-checks=true", "")]
    [InlineData("?replace-existing-checks", "")]
    public async Task Register_Again_KeepsTheChecksUnlessToldOtherwise(string query, string left)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await PutAsync(host, "/v1/agent/service/register", """
            {"Name":"w","Checks":[{"TTL":"5m","Status":"warning"},{"TTL":"5m","Status":"passing"}]}
            """);

        await PutAsync(host, $"/v1/agent/service/register{query}", """{"Name":"w"}""");

        Assert.Equal(left, string.Join(' ', host.Agent.Checks.Select(static check => check.Check.CheckId)));
    }

    [Fact]
    public async Task Deregister_UnknownOrKnown_IsAn200WithoutABody()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await PutAsync(host, "/v1/agent/service/register", """{"Name":"a/b%2Fc"}""");

        Assert.Equal((200, "", null), await PutAsync(host, "/v1/agent/service/deregister/nope"));
        Assert.Equal((500, "ServiceID missing", "text/plain; charset=utf-8"), await PutAsync(host, "/v1/agent/service/deregister/"));
        Assert.Equal(301, (await host.CallAsync("/v1/agent/service/deregister", "PUT")).Status);
        Assert.Equal((200, ""), await host.CallAsync("/v1/agent/service/deregister/a%2Fb%252Fc", "PUT"));
        Assert.Empty(host.Agent.Services);
        Assert.Equal((200, "", null), await PutAsync(host, "/v1/agent/check/deregister/nope"));
        Assert.Equal((500, "CheckID missing", "text/plain; charset=utf-8"), await PutAsync(host, "/v1/agent/check/deregister/"));
    }

    // Vault names its check so, Steeltoe and Spring report for service:<id>.
    [Theory]
    [InlineData("vault:10.0.0.1:8200", "vault:10.0.0.1:8200:vault-sealed-check")]
    [InlineData("app", "service:app")]
    public async Task Report_TtlChecksByTheirUsualIds_ChangesTheStatus(string service, string check)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await PutAsync(host, "/v1/agent/service/register", $$"""{"ID":"{{service}}","Name":"s","Tags":["b","a"]}""");
        await PutAsync(host, "/v1/agent/check/register", $$"""{"ID":"{{check}}","Name":"c","ServiceID":"{{service}}","TTL":"5m"}""");

        foreach ((string word, CheckStatus status) in new[]
        {
            ("pass", CheckStatus.Passing), ("warn", CheckStatus.Warning), ("fail", CheckStatus.Critical),
        })
        {
            Assert.Equal((200, "", null), await PutAsync(host, $"/v1/agent/check/{word}/{check}?note=is%20{word}"));
            Assert.Equal((status, $"is {word}"), (host.Agent.Checks.Single().Check.Status, host.Agent.Checks.Single().Check.Output));
        }

        Assert.Equal((200, "", null), await PutAsync(host, $"/v1/agent/check/update/{check}", """{"Status":"passing","Output":"o"}"""));
        Assert.Equal((CheckStatus.Passing, "o"), (host.Agent.Checks.Single().Check.Status, host.Agent.Checks.Single().Check.Output));
    }

    [Theory]
    [InlineData("/v1/agent/check/pass/zz", "", 500, "CheckID \"zz\" does not have associated TTL")]
    [InlineData("/v1/agent/check/pass/", "", 500, "CheckID \"\" does not have associated TTL")]
    [InlineData("/v1/agent/check/update/zz", """{"Status":"passing"}""", 500, "CheckID \"zz\" does not have associated TTL")]
    [InlineData("/v1/agent/check/update/zz", """{"Status":"bad"}""", 400, "Invalid check status: 'bad'")]
    [InlineData("/v1/agent/check/register", """{"TTL":"1s"}""", 400, "Missing check name")]
    [InlineData("/v1/agent/check/register", """{"Name":"c","TTL":"1s","Status":"bad"}""", 400, "Bad check status")]
    [InlineData("/v1/agent/check/register", """{"Name":"c","TTL":"1s","ServiceID":"zz"}""", 500, "ServiceID \"zz\" does not exist")]
    [InlineData("/v1/agent/check/register", """{"CheckID":"c"}""", 400, "Request decode failed: json: unknown field \"CheckID\"")]
    [InlineData("/v1/agent/maintenance", "", 400, "Missing value for enable")]
    [InlineData("/v1/agent/maintenance?enable=x", "", 400, "Invalid value for enable: \"x\"")]
    [InlineData("/v1/agent/maintenance?enable=", "", 400, "Invalid value for enable: \"\"")]
    [InlineData("/v1/agent/service/maintenance/", "", 400, "Missing service ID")]
    [InlineData("/v1/agent/service/maintenance/zz", "", 400, "Missing value for enable")]
    [InlineData("/v1/agent/service/maintenance/zz?enable=true", "", 404, "No service registered with ID \"zz\"")]
    [InlineData("/v1/agent/force-leave/zz", "", 500, "agent: No node found with name 'zz'")]
    [InlineData("/v1/agent/token/default", "", 401, "ACL support disabled")]
    public async Task Put_WhatConsulRefuses_IsRefusedInItsWords(string path, string json, int status, string text)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((status, text, "text/plain; charset=utf-8"), await PutAsync(host, path, json));
    }

    [Fact]
    public async Task Maintenance_OfServiceAndNode_KeepsTheFirstReason()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await PutAsync(host, "/v1/agent/service/register", """{"Name":"web"}""");

        await PutAsync(host, "/v1/agent/service/maintenance/web?enable=true&reason=one");
        await PutAsync(host, "/v1/agent/service/maintenance/web?enable=true&reason=two");
        await PutAsync(host, "/v1/agent/maintenance?enable=1");

        Assert.Equal(
            "_node_maintenance: Maintenance mode is enabled for this node, but no reason was provided. This is a default message.; "
                + "_service_maintenance:web: one",
            string.Join("; ", host.Agent.Checks.Select(static check => $"{check.Check.CheckId}: {check.Check.Notes}")));
        Assert.Empty(host.Catalog.Find("web").Passing);

        await PutAsync(host, "/v1/agent/service/maintenance/web?enable=false");
        await PutAsync(host, "/v1/agent/maintenance?enable=F");
        Assert.Empty(host.Agent.Checks);
    }

    [Fact]
    public async Task Health_OfAService_IsOneWordAndACode()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await PutAsync(host, "/v1/agent/service/register", """
            {"ID":"w1","Name":"web","Port":80,"Tags":["v1"],"Address":"10.1.1.1","Meta":{"k":"v"},"Check":{"TTL":"5m","Status":"passing"}}
            """);
        await PutAsync(host, "/v1/agent/service/register", """{"ID":"w2","Name":"web","Check":{"TTL":"5m","Status":"warning"}}""");

        Assert.Equal((200, "passing", "text/plain", "passing"), await HealthAsync(host, "id/w1?format=text"));
        Assert.Equal((429, "warning", "text/plain", "warning"), await HealthAsync(host, "name/web?format=text"));
        Assert.Equal(
            (404, "\"ServiceId zz not found\"", "application/json", "ServiceId zz not found"),
            await HealthAsync(host, "id/zz?format=text"));
        Assert.Equal(
            (404, """{"AggregatedStatus":"critical","Service":null,"Checks":null}""", "application/json", "ServiceId zz not found"),
            await HealthAsync(host, "id/zz"));
        Assert.Equal((404, "[]", "application/json", "ServiceName zz Not Found"), await HealthAsync(host, "name/zz"));
        Assert.Equal(
            (404, "ServiceName zz Not Found", "text/plain", "ServiceName zz Not Found"), await HealthAsync(host, "name/zz?format=text"));
        Assert.Equal((500, "Bad request: Missing serviceID", "text/plain; charset=utf-8", ""), await HealthAsync(host, "id/"));
        Assert.Equal((500, "Bad request: Missing service Name", "text/plain; charset=utf-8", ""), await HealthAsync(host, "name/"));
        Assert.Equal(
            (200, "{\"AggregatedStatus\":\"passing\",\"Service\":" + WebJson
                + ",\"Checks\":[{\"Node\":\"n1\",\"CheckID\":\"service:w1\",\"Name\":\"Service 'web' check\",\"Status\":\"passing\","
                + "\"Notes\":\"\",\"Output\":\"\",\"ServiceID\":\"w1\",\"ServiceName\":\"web\",\"ServiceTags\":[\"v1\"],\"Type\":\"\","
                + "\"Definition\":{\"Interval\":\"0s\",\"Timeout\":\"0s\","
                + "\"DeregisterCriticalServiceAfter\":\"0s\",\"HTTP\":\"\",\"Header\":null,\"Method\":\"\",\"Body\":\"\","
                + "\"TLSSkipVerify\":false,\"TCP\":\"\"},\"CreateIndex\":0,\"ModifyIndex\":0}]}",
                "application/json",
                "passing"),
            await HealthAsync(host, "id/w1"));

        await PutAsync(host, "/v1/agent/maintenance?enable=true");
        Assert.Equal((503, "maintenance", "text/plain", "maintenance"), await HealthAsync(host, "id/w1?format=text"));
    }

    [Fact]
    public async Task Service_ByIdWithTheHashSeen_WaitsForAnother()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await PutAsync(host, "/v1/agent/service/register", """{"Name":"web","Port":1}""");
        using HttpResponseMessage first = await host.Client.GetAsync("/v1/agent/service/web");
        string hash = first.Headers.GetValues("X-Consul-Contenthash").Single();
        string text = await first.Content.ReadAsStringAsync();
        Assert.Equal(16, hash.Length);
        Assert.EndsWith($",\"ContentHash\":\"{hash}\"}}", text, StringComparison.Ordinal);

        // Another hash, and none, are answered at once; the same one when there is something new, or when the time is over.
        Assert.Equal(text, await host.Client.GetStringAsync("/v1/agent/service/web?hash=other&wait=10m"));
        Assert.Equal(text, await host.Client.GetStringAsync($"/v1/agent/service/web?hash={hash}&wait=10ms"));
        Task<string> waiting = host.Client.GetStringAsync($"/v1/agent/service/web?hash={hash}&wait=10m");
        await PutAsync(host, "/v1/agent/service/register", """{"Name":"web","Port":2}""");
        using JsonDocument changed = JsonDocument.Parse(await waiting);
        Assert.Equal(2, changed.RootElement.GetProperty("Port").GetInt32());

        string next = changed.RootElement.GetProperty("ContentHash").GetString()!;
        Task<HttpResponseMessage> gone = host.Client.GetAsync($"/v1/agent/service/web?hash={next}");
        await PutAsync(host, "/v1/agent/service/deregister/web");
        using HttpResponseMessage reply = await gone;
        Assert.Equal(
            (HttpStatusCode.NotFound, "unknown service ID: web"), (reply.StatusCode, await reply.Content.ReadAsStringAsync()));
        Assert.Equal((400, "Invalid wait time"), await host.CallAsync("/v1/agent/service/web?wait=x"));
    }

    [Fact]
    public async Task Lists_WithAFilter_ShowWhatMatches()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await PutAsync(host, "/v1/agent/service/register", """{"Name":"a","Tags":["x"],"Check":{"TTL":"5m","Status":"passing"}}""");
        await PutAsync(host, "/v1/agent/service/register", """{"Name":"b","Check":{"TTL":"5m"}}""");

        Assert.StartsWith("{\"a\":{", await host.Client.GetStringAsync("/v1/agent/services?filter=x in Tags"), StringComparison.Ordinal);
        Assert.Equal("{}", await host.Client.GetStringAsync("/v1/agent/services?filter=Service == c"));
        Assert.StartsWith(
            "{\"service:b\":{", await host.Client.GetStringAsync("/v1/agent/checks?filter=Status == critical"), StringComparison.Ordinal);
        Assert.Equal(
            (500, "Failed to create boolean expression evaluator: Selector \"Foo\" is not valid"),
            await host.CallAsync("/v1/agent/services?filter=Foo==1"));
    }

    // Prometheus reads the datacenter, consul-template the name, Patroni the least session time, `consul info` the stats.
    [Fact]
    public async Task Self_HasWhatClientsRead()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using JsonDocument self = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/agent/self?dc=&token=x&near=_agent"));
        JsonElement root = self.RootElement;

        JsonElement config = root.GetProperty("Config");
        Assert.Equal("Datacenter NodeName NodeID Revision Server Version", string.Join(' ', config.EnumerateObject().Select(p => p.Name)));
        Assert.Equal(
            ("dc1", "n1", true, "1.8.7"),
            (config.GetProperty("Datacenter").GetString(), config.GetProperty("NodeName").GetString(),
                config.GetProperty("Server").GetBoolean(), config.GetProperty("Version").GetString()));
        Assert.Equal("0s", root.GetProperty("DebugConfig").GetProperty("SessionTTLMin").GetString());
        Assert.Equal("n1", root.GetProperty("Member").GetProperty("Name").GetString());
        Assert.Equal("127.0.0.1", root.GetProperty("Member").GetProperty("Addr").GetString());
        Assert.Equal(8, root.GetProperty("Coord").GetProperty("Vec").GetArrayLength());
        Assert.Equal("", root.GetProperty("Meta").GetProperty("consul-network-segment").GetString());
        Assert.Equal(
            "agent build consul raft runtime serf_lan serf_wan",
            string.Join(' ', root.GetProperty("Stats").EnumerateObject().Select(static group => group.Name)));
        JsonElement stats = root.GetProperty("Stats");
        Assert.Equal("127.0.0.1:8300", stats.GetProperty("consul").GetProperty("leader_addr").GetString());
        Assert.Equal("0", stats.GetProperty("raft").GetProperty("num_peers").GetString());
        Assert.All(root.EnumerateObject(), static part => Assert.Equal(JsonValueKind.Object, part.Value.ValueKind));
        Assert.All(
            root.GetProperty("Stats").EnumerateObject().SelectMany(static group => group.Value.EnumerateObject()),
            static value => Assert.Equal(JsonValueKind.String, value.Value.ValueKind));
    }

    [Fact]
    public async Task Members_OfBothPools_AreListed()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using JsonDocument lan = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/agent/members?segment=_all"));
        using JsonDocument wan = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/agent/members?wan=1&segment=_all"));
        Assert.Equal(
            ("n1", 8301, 1, "consul"),
            (lan.RootElement[0].GetProperty("Name").GetString(), lan.RootElement[0].GetProperty("Port").GetInt32(),
                lan.RootElement[0].GetProperty("Status").GetInt32(),
                lan.RootElement[0].GetProperty("Tags").GetProperty("role").GetString()));
        Assert.Equal("n1.dc1", wan.RootElement[0].GetProperty("Name").GetString());
        Assert.Equal(
            (500, "Network segments are not supported in this version of Consul"), await host.CallAsync("/v1/agent/members?segment=x"));
        Assert.Equal((400, "Cannot provide a segment with wan=true"), await host.CallAsync("/v1/agent/members?segment=x&wan=1"));
    }

    [Fact]
    public async Task Join_ItselfOrNobody_AnswersAsConsul()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((200, "", null), await PutAsync(host, "/v1/agent/join/127.0.0.1:8301"));
        (int status, string text, _) = await PutAsync(host, "/v1/agent/join/127.0.0.1:1");
        Assert.Equal(500, status);
        Assert.StartsWith("1 error occurred:\n\t* Failed to join 127.0.0.1:1: ", text, StringComparison.Ordinal);
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leave_OfAnEmbeddedNode_LeavesTheHostRunning()
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ApiHost host = await ApiHost.StartAsync(build: builder =>
            Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<ILeaveListener>(
                builder.Services, new Listener(heard)));
        await PutAsync(host, "/v1/agent/service/register", """{"Name":"web"}""");

        Assert.Equal((200, "", null), await PutAsync(host, "/v1/agent/leave"));

        await heard.Task;
        using JsonDocument members = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/agent/members"));
        Assert.Equal(3, members.RootElement[0].GetProperty("Status").GetInt32());
    }

    [Fact]
    public async Task Reload_VersionAndHost_Answer()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((200, "", null), await PutAsync(host, "/v1/agent/reload"));
        Assert.Contains("\"HumanVersion\":\"1.8.7\"", await host.Client.GetStringAsync("/v1/agent/version"), StringComparison.Ordinal);
        using JsonDocument machine = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/agent/host"));
        Assert.Equal(
            "Memory CPU Host Disk CollectionTime Errors",
            string.Join(' ', machine.RootElement.EnumerateObject().Select(static p => p.Name)));
        Assert.True(machine.RootElement.GetProperty("Memory").GetProperty("total").GetInt64() > 0);
    }

    // Nomad takes out what it does not own on its own agent: entries of the catalog that no agent made must not show here.
    [Fact]
    public async Task Services_OfTheAgent_AreItsOwnAlone()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        await host.Catalog.RegisterAsync(new CatalogRegistration
        {
            Node = "other",
            Address = "10.9.9.9",
            Service = new ServiceRegistration { Name = "db" },
        });

        Assert.Equal("{}", await host.Client.GetStringAsync("/v1/agent/services"));
        Assert.Equal("{}", await host.Client.GetStringAsync("/v1/agent/checks"));
    }

    // Every client adds parameters of its own: an agent answers for itself, whatever the datacenter, and without ACLs any token will do.
    [Theory]
    [InlineData("?dc=elsewhere&near=_agent&pretty&token=t&wait=60000ms&index=5&stale&consistent&cached", "")]
    [InlineData("", "X-Consul-Token: abc\r\n")]
    [InlineData("", "Authorization: Bearer abc\r\n")]
    public async Task Register_WithParametersThatAgentsIgnore_IsTaken(string query, string header)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((200, ""), await host.CallAsync($"/v1/agent/service/register{query}", "PUT", header, """{"Name":"web"}"""));
        Assert.Equal((200, ""), await host.CallAsync($"/v1/agent/service/deregister/web{query}", "PUT", header));
    }

    [Theory]
    [InlineData("GET", "/v1/agent/services")]
    [InlineData("GET", "/v1/agent/service/web")]
    [InlineData("GET", "/v1/agent/checks")]
    [InlineData("GET", "/v1/agent/health/service/name/web")]
    [InlineData("PUT", "/v1/agent/service/register")]
    [InlineData("PUT", "/v1/agent/check/pass/x")]
    public async Task Call_WithANamespace_IsRefused(string method, string path)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal(
            (400, "Bad request: Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature"),
            await host.CallAsync($"{path}?ns=x", method));
        Assert.Equal(
            (400, "Bad request: Invalid header: \"X-Consul-Namespace\" - Namespaces are a Consul Enterprise feature"),
            await host.CallAsync(path, method, "X-Consul-Namespace: x\r\n"));
    }

    // The kinds of checks that registrator makes of its labels, with the words of its request bodies.
    [Theory]
    [InlineData("\"HTTP\":\"http://10.0.0.1:80/health\",\"Interval\":\"10s\",\"Timeout\":\"1s\"", "http")]
    [InlineData("\"HTTP\":\"https://10.0.0.1/health\",\"TLSSkipVerify\":true,\"Interval\":\"10s\"", "http")]
    [InlineData("\"TCP\":\"10.0.0.1:80\",\"Interval\":\"10s\"", "tcp")]
    [InlineData("\"GRPC\":\"10.0.0.1:80\",\"GRPCUseTLS\":true,\"Interval\":\"10s\"", "grpc")]
    [InlineData("\"TTL\":\"30s\"", "ttl")]
    public async Task Register_ChecksOfEveryKindThatRegistratorMakes_AreRun(string check, string kind)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((200, "", null), await PutAsync(host, "/v1/agent/service/register", $$"""
            {"ID":"host:web:80","Name":"web","Port":80,"Tags":[],"Address":"10.0.0.1","Meta":{},
             "Check":{{{check}},"Status":"passing","DeregisterCriticalServiceAfter":"90m"} }
            """));
        Assert.Equal(
            ("service:host:web:80", kind, CheckStatus.Passing, TimeSpan.FromMinutes(90)),
            (host.Agent.Checks.Single().Check.CheckId, host.Agent.Checks.Single().Check.Type, host.Agent.Checks.Single().Check.Status,
                host.Agent.Checks.Single().Definition!.DeregisterCriticalServiceAfter!.Value));
    }

    [Fact]
    public async Task Register_WithADataDirectory_OutlivesTheProcess()
    {
        string directory = Directory.CreateTempSubdirectory("discovery-http").FullName;
        try
        {
            void Build(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder) =>
                Microsoft.Extensions.DependencyInjection.OptionsServiceCollectionExtensions.Configure<NodeOptions>(
                    builder.Services, node => node.DataDirectory = directory);

            await using (ApiHost first = await ApiHost.StartAsync(build: Build))
            {
                await PutAsync(first, "/v1/agent/service/register", """{"Name":"web","Port":5,"Check":{"TTL":"5m"}}""");
                await PutAsync(first, "/v1/agent/check/pass/service:web?note=well");
                await PutAsync(first, "/v1/agent/service/maintenance/web?enable=true&reason=r");
            }

            await using ApiHost second = await ApiHost.StartAsync(build: Build);
            Assert.Equal(5, second.Agent.Services.Single().Service.Port);
            Assert.Equal(
                "_service_maintenance:web Critical r; service:web Passing ",
                string.Join("; ", second.Agent.Checks.Select(
                    static check => $"{check.Check.CheckId} {check.Check.Status} {check.Check.Notes}")));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<(int Status, string Body, string? Type)> PutAsync(ApiHost host, string path, string json = "")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        using HttpResponseMessage reply = await host.Client.PutAsync(path, content);
        return ((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(), reply.Content.Headers.ContentType?.ToString());
    }

    private static async Task<(int Status, string Body, string? Type, string Reason)> HealthAsync(ApiHost host, string rest)
    {
        using HttpResponseMessage reply = await host.Client.GetAsync($"/v1/agent/health/service/{rest}");
        string reason = reply.Headers.TryGetValues("X-Consul-Reason", out IEnumerable<string>? values) ? values.Single() : "";
        return ((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(), reply.Content.Headers.ContentType?.ToString(), reason);
    }

    private sealed class Listener(TaskCompletionSource heard) : ILeaveListener
    {
        public ValueTask OnLeftAsync(CancellationToken cancellationToken = default)
        {
            heard.SetResult();
            return ValueTask.CompletedTask;
        }
    }
}
