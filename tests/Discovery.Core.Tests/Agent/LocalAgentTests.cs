using Discovery.Catalog;
using Discovery.Health;

namespace Discovery.Agent;

public class LocalAgentTests
{
    [Fact]
    public void Start_EmptyCatalog_NodeIsThereBeforeItReturns()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            await node.StartAgentAsync();
            CatalogNode row = node.Rows.Node!;
            Assert.Equal(("n1", "10.0.0.1", "dc1", "n1", "r1"), (row.Name, row.Address, row.Datacenter, row.Owner, row.Meta["rack"]));
        });
    }

    [Fact]
    public void RegisterService_WithChecks_IsShownWhenItReturns_InOneCommand()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            ulong before = node.State.Index;
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl(), AgentFixture.Ttl("own")));
            Assert.Equal(before + 1, node.State.Index);
            Assert.Equal(["n1 web web:80 []", "n1 web/own Critical", "n1 web/service:web:1 Critical"], node.Show());
            Assert.Equal("Service 'web' check", node.Rows.Checks["own"].Name);
            Assert.Equal("ttl", node.Rows.Checks["own"].Type);
            Assert.True(Assert.Single(agent.Services).IsInSync);
            Assert.All(agent.Checks, static check => Assert.True(check.IsInSync));
        });
    }

    [Fact]
    public void RegisterService_Again_KeepsStatusOfChecksThatStay_AndDropsTheOthers()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl("a"), AgentFixture.Ttl("b")));
            await agent.RegisterCheckAsync(AgentFixture.Ttl("extra"), "web");
            await agent.UpdateCheckAsync("a", CheckStatus.Passing, "fine");
            ServiceRegistration again = AgentFixture.Service("web", AgentFixture.Ttl("a"), AgentFixture.Ttl("c"));
            again.Tags.Add("v2");
            await agent.RegisterServiceAsync(again);
            Assert.Equal(
                ["n1 web web:80 [v2]", "n1 web/a Passing fine", "n1 web/c Critical", "n1 web/extra Critical"],
                await SettledAsync(node));
        });
    }

    [Fact]
    public void RegisterService_SameIdOtherName_MovesItsChecks()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl("a")));
            ServiceRegistration renamed = AgentFixture.Service("shop", AgentFixture.Ttl("a"));
            renamed.Id = "web";
            await agent.RegisterServiceAsync(renamed);
            Assert.Equal("shop", node.Rows.Checks["a"].ServiceName);
            Assert.Equal("shop", node.Rows.Services["web"].Name);
        });
    }

    [Fact]
    public void RegisterService_Invalid_TellsEveryFailureAndChangesNothing()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("db", AgentFixture.Ttl("ping")));
            ulong before = node.State.Index;
            ServiceRegistration bad = AgentFixture.Service(
                "web_1", AgentFixture.Ttl("ping"), AgentFixture.Ttl("x"), AgentFixture.Ttl("x"), new CheckDefinition(),
                AgentFixture.Ttl("_node_maintenance"));
            bad.Port = 70_000;
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(async () => await agent.RegisterServiceAsync(bad));
            Assert.Equal(DiscoveryError.InvalidRequest, e.Error);
            Assert.Equal(
                "The registration of service \"web_1\" is invalid: "
                + "Name: \"web_1\" cannot be carried by DNS, use letters, digits and inner hyphens, at most 63; "
                + "Port: 70000 is not a port, use 0 to 65535; "
                + "Checks[0].CheckId: \"ping\" is already a check of service \"db\"; "
                + "Checks[2].CheckId: \"x\" is given twice; "
                + "Checks[3].Ttl: TTL must be > 0 for TTL checks; "
                + "Checks[4].CheckId: \"_node_maintenance\" is reserved.",
                e.Message);
            await node.AdvanceAsync(120);
            Assert.Equal(before, node.State.Index);
            Assert.Single(agent.Services);
        });
    }

    [Fact]
    public void UnknownNames_AreToldAsSuch()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            Assert.False(await agent.DeregisterServiceAsync("nope"));
            Assert.False(await agent.DeregisterCheckAsync("nope"));
            foreach (Func<Task> call in (Func<Task>[])
            [
                async () => await agent.UpdateCheckAsync("nope", CheckStatus.Passing),
                async () => await agent.RegisterCheckAsync(AgentFixture.Ttl("c"), "nope"),
                async () => await agent.SetServiceMaintenanceAsync("nope", MaintenanceMode.On),
                async () => await agent.DrainAsync("nope"),
            ])
            {
                DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(call);
                Assert.Equal(DiscoveryError.NotFound, e.Error);
            }
        });
    }

    [Fact]
    public void UpdateCheck_NotTtl_IsRefused()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Http("h")));
            await agent.SetNodeMaintenanceAsync(MaintenanceMode.On);
            foreach (string id in (string[])["h", "_node_maintenance"])
            {
                DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
                    async () => await agent.UpdateCheckAsync(id, CheckStatus.Passing));
                Assert.Equal((DiscoveryError.InvalidRequest, $"CheckID \"{id}\" does not have associated TTL"), (e.Error, e.Message));
            }
        });
    }

    [Fact]
    public void Maintenance_OnAndOff_HasConsulsNamesAndDefaultNotes()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web"));
            await agent.SetServiceMaintenanceAsync("web", MaintenanceMode.On);
            await agent.SetNodeMaintenanceAsync(MaintenanceMode.On, "disk swap");
            CatalogCheck service = node.Rows.Checks["_service_maintenance:web"];
            Assert.Equal(("Service Maintenance Mode", CheckStatus.Critical, "maintenance", "web", "web"),
                (service.Name, service.Status, service.Type, service.ServiceId, service.ServiceName));
            Assert.Equal(
                "Maintenance mode is enabled for this service, but no reason was provided. This is a default message.", service.Notes);
            CatalogCheck whole = node.Rows.Checks["_node_maintenance"];
            Assert.Equal(("Node Maintenance Mode", "disk swap", ""), (whole.Name, whole.Notes, whole.ServiceId));

            await agent.RegisterServiceAsync(AgentFixture.Service("web"));
            Assert.True(node.Rows.Checks.ContainsKey("_service_maintenance:web"));
            await agent.SetServiceMaintenanceAsync("web", MaintenanceMode.Off);
            await agent.SetNodeMaintenanceAsync(MaintenanceMode.Off);
            await agent.SetNodeMaintenanceAsync(MaintenanceMode.Off);
            Assert.Equal(["n1 web web:80 []"], node.Show());
        });
    }

    [Fact]
    public void Drain_All_IsShownUntilRegisteredAgain()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("a"));
            await agent.RegisterServiceAsync(AgentFixture.Service("b"));
            await agent.DrainAsync();
            Assert.Equal(["n1 a a:80 [] draining", "n1 b b:80 [] draining"], node.Show());
            await agent.RegisterServiceAsync(AgentFixture.Service("b"));
            Assert.Equal(["n1 a a:80 [] draining", "n1 b b:80 []"], node.Show());
        });
    }

    [Fact]
    public void Stop_Leaving_TakesOutItsOwnAndNothingElse()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Http()));
            await agent.RegisterCheckAsync(AgentFixture.Ttl("mem"));
            await node.Catalog.RegisterAsync(AgentFixture.External("printer"), CallContext.Local, default);
            await agent.StopAsync(leave: true);
            Assert.Equal(["- printer printer:81 []"], node.Show());
            Assert.Equal(DepartureReason.AgentStopped, Departure(node, "web"));
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await agent.RegisterServiceAsync(AgentFixture.Service("late")));
            Assert.Equal(DiscoveryError.Stopped, e.Error);
            await agent.StopAsync(leave: true);
        });
    }

    [Fact]
    public void Deregister_Service_LeavesWithReasonAndItsChecks()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Http()));
            Assert.True(await agent.DeregisterServiceAsync("web"));
            Assert.Empty(node.Show());
            Assert.Equal(DepartureReason.Deregistered, Departure(node, "web"));
            Assert.Empty(agent.HistoryOf("service:web"));
        });
    }

    [Fact]
    public void History_OfACheck_IsThatOfTheRunner()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            CheckDefinition check = AgentFixture.Ttl("t");
            check.DeregisterCriticalServiceAfter = TimeSpan.FromMinutes(1);
            await agent.RegisterServiceAsync(AgentFixture.Service("web", check));
            await agent.UpdateCheckAsync("t", CheckStatus.Passing, "one");
            Assert.Null(agent.DeregisterAtOf("web"));
            await node.AdvanceAsync(5);
            await agent.UpdateCheckAsync("t", CheckStatus.Critical, "two");
            Assert.Equal(["Passing one", "Critical two"], agent.HistoryOf("t").Select(static o => $"{o.Status} {o.Output}"));
            Assert.Equal(node.Kernel.Time.GetUtcNow().AddMinutes(1), agent.DeregisterAtOf("web"));
        });
    }

    [Fact]
    public void AliasCheck_FollowsAServiceOfTheAgent_AndOneOfAnotherNode()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await node.Catalog.RegisterAsync(
                AgentFixture.External("db", "n2", new CatalogCheckRegistration { Name = "up", ServiceId = "db" }),
                CallContext.Local, default);
            await agent.RegisterServiceAsync(AgentFixture.Service("db", AgentFixture.Ttl("db-ttl")));
            await agent.RegisterServiceAsync(AgentFixture.Service(
                "web",
                new CheckDefinition { CheckId = "here", AliasService = "db" },
                new CheckDefinition { CheckId = "there", AliasService = "db", AliasNode = "n2" }));
            await agent.UpdateCheckAsync("db-ttl", CheckStatus.Passing);
            Assert.Equal((CheckStatus.Passing, CheckStatus.Critical), Statuses(await SettledRowsAsync(node)));
            await node.Catalog.RegisterAsync(
                AgentFixture.External(
                    "db", "n2", new CatalogCheckRegistration { Name = "up", ServiceId = "db", Status = CheckStatus.Warning }),
                CallContext.Local, default);
            await agent.UpdateCheckAsync("db-ttl", CheckStatus.Critical);
            Assert.Equal((CheckStatus.Critical, CheckStatus.Warning), Statuses(await SettledRowsAsync(node)));
        });

        static (CheckStatus Here, CheckStatus There) Statuses(NodeRows rows) => (rows.Checks["here"].Status, rows.Checks["there"].Status);
    }

    internal static DepartureReason Departure(AgentFixture node, string service)
    {
        CatalogDeparture? last = null;
        foreach (CatalogDeparture departure in node.State.Scan(
            node.Module.Tables.DeparturesByService, CatalogKeys.Folded(service)))
        {
            last = departure;
        }

        return last!.Reason;
    }

    private static async Task<string[]> SettledAsync(AgentFixture node)
    {
        await node.AdvanceAsync(0);
        return node.Show();
    }

    private static async Task<NodeRows> SettledRowsAsync(AgentFixture node)
    {
        await node.AdvanceAsync(0);
        return node.Rows;
    }
}
