namespace Discovery.Node.ConsulDialect;

public sealed class TranslationTests
{
    [Theory]
    [InlineData("\"node_name\": \"n1\"", "Discovery:Node:NodeName=n1")]
    [InlineData("\"datacenter\": \"DC2\"", "Discovery:Node:Datacenter=dc2")]
    [InlineData("\"node_meta\": {\"a\": \"1\", \"b\": \"\"}", "Discovery:Node:Meta:a=1")]
    [InlineData("\"check_update_interval\": \"1m30s\"", "Discovery:Health:OutputUpdateInterval=00:01:30")]
    [InlineData("\"check_update_interval\": \"0s\"", "Discovery:Health:OutputUpdateInterval=00:00:00")]
    [InlineData("\"check_output_max_size\": 100", "Discovery:Health:CheckOutputMaxSize=100")]
    [InlineData("\"enable_local_script_checks\": true", "Discovery:Health:EnableScriptChecks=true")]
    [InlineData("\"enable_local_script_checks\": true", "Discovery:Http:RefuseScriptChecks=true")]
    [InlineData("\"enable_script_checks\": true", "Discovery:Http:RefuseScriptChecks=false")]
    [InlineData("\"dns_config\": {\"soa\": {\"min_ttl\": 90}}", "Discovery:Dns:Soa:MinTtl=00:01:30")]
    [InlineData("\"dns_config\": {\"service_ttl\": {\"*\": \"5s\"}}", "Discovery:Dns:ServiceTtl:*=00:00:05")]
    [InlineData("\"recursors\": [\"8.8.8.8\"]", "Discovery:Dns:Recursors:0=8.8.8.8")]
    [InlineData("\"discovery\": {\"dns_quirks\": true}", "Discovery:Dns:Consul187Quirks=true")]
    [InlineData("\"discovery\": {\"servers\": [\"10.0.0.1:8300\", \"10.0.0.2:8300\"], \"witness\": true}", "Discovery:Raft:Witness=true")]
    [InlineData("\"discovery\": {\"Http\": {\"BlockedQueriesMax\": 5}}", "Discovery:Http:BlockedQueriesMax=5")]
    [InlineData("\"advertise_addr\": \"10.0.0.1\", \"bind_addr\": \"10.0.0.2\"", "Discovery:Node:AdvertiseAddress=10.0.0.1")]
    [InlineData("\"bind_addr\": \"10.0.0.2\"", "Discovery:Node:AdvertiseAddress=10.0.0.2")]
    [InlineData("\"bind_addr\": \"10.0.0.2\"", "Discovery:Rpc:Address=10.0.0.2")]
    [InlineData("\"telemetry\": {\"prometheus_retention_time\": \"1h\"}", "Discovery:Http:PrometheusRetention=01:00:00")]
    [InlineData("\"ports\": {\"server\": 1, \"http\": 2}", "Discovery:Node:ServerPort=1")]
    [InlineData("\"server\": true, \"bootstrap_expect\": 1", "Discovery:Node:MemberTags:bootstrap=1")]
    [InlineData("\"server\": true, \"bootstrap\": true", "Discovery:Node:MemberTags:bootstrap=1")]
    public void Run_OneSetting_GivesItsKey(string json, string key) =>
        Assert.Contains(key, DialectFixture.Keys(DialectFixture.Translate("a.json", $"{{\"data_dir\": \"/tmp/x\", {json}}}")));

    [Theory]
    [InlineData("\"witnes\": true", "witnes")]
    [InlineData("\"Servers\": [\"10.0.0.1:8300\"]", "Servers")]
    [InlineData("\"raft\": 1", "raft")]
    public void Run_AnUnknownKeyOfOurs_TellsTheKeysThatThereAre(string json, string name)
    {
        DialectException e = Assert.Throws<DialectException>(
            () => DialectFixture.Translate("a.json", $"{{\"data_dir\": \"/tmp/x\", \"discovery\": {{{json}}}}}"));
        Assert.Equal(
            $"1 error occurred:\n\t* invalid config key discovery.{name}: the keys are dns_quirks, servers and witness; beside them stand "
            + "sections, such as discovery.raft, with the keys that they have as options of Discovery\n\n",
            e.Message);
    }

    [Theory]
    [InlineData(
        "RaftOptions.Witness: a witness stands beside full servers, and RaftOptions.Servers names none",
        "discovery.witness: a witness stands beside full servers, and discovery.servers names none")]
    [InlineData("Discovery:raft:Witness: \"maybe\" is no true or false", "discovery.witness: \"maybe\" is no true or false")]
    [InlineData("RaftOptions.SnapshotEntries: must be", "RaftOptions.SnapshotEntries: must be")]
    public void Spoken_ATextOfThePackages_NamesTheKeysOfTheConfiguration(string text, string spoken) =>
        Assert.Equal(spoken, OwnKeys.Spoken(text));

    [Theory]
    [InlineData("\"server\": false", "false")]
    [InlineData("\"server\": true", "true")]
    [InlineData("\"server\": true, \"discovery\": {\"witness\": true}", "true, a witness: it votes, and keeps no state")]
    public void Run_AsServerOrWitness_SaysSoInTheBanner(string json, string shown) => Assert.Contains(
        ("Server", shown), DialectFixture.Translate("a.json", $"{{\"data_dir\": \"/tmp/x\", {json}}}").Host.Banner);

    [Theory]
    [InlineData("\"disable_update_check\": true, \"disable_anonymous_signature\": true")]
    [InlineData("\"segments\": null, \"acl\": {\"tokens\": {}}, \"retry_join\": [], \"encrypt\": \"\"")]
    [InlineData("\"bind_addr\": \"0.0.0.0\", \"ports\": {}, \"services\": []")]
    public void Run_WhatChangesNothing_GivesNoKeyAndNoWarning(string json)
    {
        Dialect dialect = DialectFixture.Translate("a.json", $"{{\"data_dir\": \"/tmp/x\", {json}}}");
        Assert.Empty(DialectFixture.Keys(dialect));
        Assert.Empty(dialect.Warnings);
    }

    [Fact]
    public void Run_AccessControl_SaysThatTheApiIsOpen()
    {
        Dialect dialect = DialectFixture.Translate("a.json", """{"data_dir": "/tmp/x", "acl": {"enabled": true}}""");
        Assert.Equal(
            ["The 'acl.enabled' field is accepted and has no effect: access control does not exist here yet: "
                + "whoever reaches the HTTP port may read and write everything"],
            dialect.Warnings);
    }

    [Theory]
    [InlineData("", "127.0.0.1:8500", "127.0.0.1:8600")]
    [InlineData("\"client_addr\": \"0.0.0.0\"", "0.0.0.0:8500", "0.0.0.0:8600")]
    [InlineData("\"client_addr\": \"10.0.0.1 ::1\"", "10.0.0.1:8500 [::1]:8500", "10.0.0.1:8600 [::1]:8600")]
    [InlineData("\"ports\": {\"http\": -1, \"dns\": 53}", "", "127.0.0.1:53")]
    [InlineData("\"ports\": {\"http\": 80, \"dns\": 0}", "127.0.0.1:80", "")]
    [InlineData("\"addresses\": {\"http\": \"unix:///run/a.sock 127.0.0.2\"}", "unix:///run/a.sock 127.0.0.2:8500", "127.0.0.1:8600")]
    [InlineData("\"addresses\": {\"http\": \"unix:///a\"}, \"ports\": {\"http\": -1}", "unix:///a", "127.0.0.1:8600")]
    public void Run_AddressesAndPorts_GiveListeners(string json, string http, string dns)
    {
        string text = json.Length == 0 ? "{\"data_dir\": \"/tmp/x\"}" : $"{{\"data_dir\": \"/tmp/x\", {json}}}";
        HostSettings host = DialectFixture.Translate("a.json", text).Host;
        Assert.Equal((http, dns), (string.Join(' ', host.Http), string.Join(' ', host.Dns)));
    }

    [Theory]
    [InlineData("", true, true)]
    [InlineData("\"server\": true", false, false)]
    [InlineData("\"server\": true, \"skip_leave_on_interrupt\": false, \"leave_on_terminate\": true", true, true)]
    [InlineData("\"skip_leave_on_interrupt\": true, \"leave_on_terminate\": false", false, false)]
    public void Run_ServerOrNot_SaysWhatSignalsDo(string json, bool onInterrupt, bool onTerminate)
    {
        string text = json.Length == 0 ? "{\"data_dir\": \"/tmp/x\"}" : $"{{\"data_dir\": \"/tmp/x\", {json}}}";
        HostSettings host = DialectFixture.Translate("a.json", text).Host;
        Assert.Equal((onInterrupt, onTerminate), (host.LeavesOnInterrupt, host.LeavesOnTerminate));
    }

    [Fact]
    public void Run_Service_GivesItsRegistration()
    {
        ServiceRegistration service = Assert.Single(DialectFixture.Translate("a.json", """
            {"data_dir": "/tmp/x", "service": {
              "id": "w:1", "name": "web_x", "tags": ["a", "b"], "address": "10.0.0.1", "port": 80, "enable_tag_override": true,
              "meta": {"k": "v"}, "weights": {"passing": 5}, "tagged_addresses": {"wan": {"address": "1.2.3.4", "port": 8080}},
              "check": {"id": "c1", "http": "http://a/", "interval": "10s", "timeout": "2s", "header": {"H": ["1", "2"]},
                        "method": "PUT", "status": "passing", "deregister_critical_service_after": "90m"},
              "checks": [{"script": "exit $A", "interval": "1s"}, {"ttl": "1.5s", "notes": "n"}]}}
            """).Services);
        Assert.Equal(
            ("w:1", "web_x", "10.0.0.1", 80, true),
            (service.Id, service.Name, service.Address, service.Port, service.EnableTagOverride));
        Assert.Equal(["a", "b"], service.Tags);
        Assert.Equal((5, 1, "v", new ServiceAddress("1.2.3.4", 8080)),
            (service.PassingWeight, service.WarningWeight, service.Meta["k"], service.TaggedAddresses["wan"]));
        Assert.Equal(["lan_ipv4", "wan", "wan_ipv4"], service.TaggedAddresses.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([CheckKind.Http, CheckKind.Script, CheckKind.Ttl], service.Checks.Select(static check => check.Kind));
        CheckDefinition http = service.Checks[0];
        Assert.Equal(("c1", "PUT", CheckStatus.Passing), (http.CheckId, http.Method, http.Status));
        Assert.Equal((10, 2, 5400), (http.Interval!.Value.TotalSeconds, http.Timeout!.Value.TotalSeconds,
            http.DeregisterCriticalServiceAfter!.Value.TotalSeconds));
        Assert.Equal(["1", "2"], http.Header["H"]);
        Assert.Equal(["/bin/sh", "-c", "exit $A"], service.Checks[1].Args);
        Assert.Equal((1.5, "n"), (service.Checks[2].Ttl!.Value.TotalSeconds, service.Checks[2].Notes));
    }

    [Fact]
    public void Run_CheckThatStandsAlone_KeepsItsService()
    {
        Dialect dialect = DialectFixture.Translate("a.json", """
            {"data_dir": "/tmp/x", "service": {"name": "a"}, "check": {"name": "mem", "ttl": "1s"},
             "checks": [{"name": "of a", "service_id": "a", "ttl": "1s"}]}
            """);
        Assert.Equal([("of a", "a"), ("mem", null)], dialect.Checks.Select(static entry => (entry.Check.Name, entry.ServiceId)));
    }

    [Fact]
    public void Merge_SeveralFiles_LaterValuesWinAndListsAppend()
    {
        Dialect dialect = DialectFixture.Translate(
            "a.hcl",
            """
            data_dir = "/tmp/x"
            node_name = "a"
            recursors = ["1.1.1.1"]
            node_meta { a = "1", b = "1" }
            ports { http = 1 }
            service { name = "one" }
            """,
            """
            node_name = "b"
            recursors = ["2.2.2.2"]
            node_meta { b = "2" }
            ports { dns = 2 }
            service { name = "two" }
            """);
        Assert.Equal(
            [
                "Discovery:Dns:Port=2", "Discovery:Dns:Recursors:0=1.1.1.1", "Discovery:Dns:Recursors:1=2.2.2.2",
                "Discovery:Node:Meta:a=1", "Discovery:Node:Meta:b=2", "Discovery:Node:NodeName=b",
            ],
            DialectFixture.Keys(dialect));
        Assert.Equal(["one", "two"], dialect.Services.Select(static service => service.Name));
        Assert.Equal("127.0.0.1:1", string.Join(' ', dialect.Host.Http));
    }
}
