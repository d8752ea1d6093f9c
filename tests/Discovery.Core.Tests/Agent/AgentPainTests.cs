using Discovery.Catalog;
using Discovery.Health;

namespace Discovery.Agent;

/// <summary>The pains of needs.md that the local agent answers.</summary>
public class AgentPainTests
{
    public static TheoryData<CheckKind> Kinds => HealthPainTests.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void P2_CriticalForThreeSeconds_LeavesTheCatalogThen(CheckKind kind)
    {
        var node = new AgentFixture { OnRun = static _ => CheckResult.Critical("no") };
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await node.AdvanceAsync(0.123);
            await agent.RegisterServiceAsync(AgentFixture.Service("web", HealthPainTests.DefinitionOf(kind)));
            await node.AdvanceAsync(2.75);
            Assert.Single(node.Rows.Services);
            await node.AdvanceAsync(0.5);
            Assert.Empty(node.Rows.Services);
            Assert.Empty(node.Rows.Checks);
            Assert.Empty(agent.Services);
            Assert.Equal(DepartureReason.CriticalTooLong, LocalAgentTests.Departure(node, "web"));
            await node.AdvanceAsync(600);
            Assert.Empty(node.Rows.Services);
        });
    }

    [Fact]
    public void P2_RegisteredAgainBeforeItsTime_HasItsTimeAnew()
    {
        var node = new AgentFixture { OnRun = static _ => CheckResult.Critical("no") };
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            ServiceRegistration web = AgentFixture.Service("web", HealthPainTests.DefinitionOf(CheckKind.Http));
            await agent.RegisterServiceAsync(web);
            await node.AdvanceAsync(2.5);
            await agent.RegisterServiceAsync(web);
            await node.AdvanceAsync(2.5);
            Assert.Single(node.Rows.Services);
            await node.AdvanceAsync(1);
            Assert.Empty(node.Rows.Services);
        });
    }

    [Fact]
    public void P1_ProcessDiesWithoutAWord_LeavesThePassingListThenTheCatalog_AndComesBackOnce()
    {
        bool isDead = false;
        var node = new AgentFixture { OnRun = _ => isDead ? CheckResult.Critical("connection refused") : CheckResult.Passing("ok") };
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            CheckDefinition check = AgentFixture.Http(interval: 1);
            check.DeregisterCriticalServiceAfter = TimeSpan.FromSeconds(5);
            ServiceRegistration web = AgentFixture.Service("web", check);
            await agent.RegisterServiceAsync(web);
            await node.AdvanceAsync(1);
            Assert.True(Instances().Single().IsPassing);

            isDead = true;
            await node.AdvanceAsync(1.25);
            Assert.False(Instances().Single().IsPassing);
            await node.AdvanceAsync(5);
            Assert.Empty(Instances());

            isDead = false;
            await agent.RegisterServiceAsync(web);
            await node.AdvanceAsync(60);
            Assert.True(Instances().Single().IsPassing);
        });

        ServiceInstance[] Instances() => node.Reader.ReadInstances(node.State, CatalogKeys.Folded("web"));
    }

    [Fact]
    public void P3_RegisteredThroughTheCatalogOnALiveNodesName_IsThereAfterTenSyncPeriods()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.CompleteDeclarationsAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Http()));
            await node.Catalog.RegisterAsync(
                AgentFixture.External("printer", AgentFixture.Node, new CatalogCheckRegistration { Name = "toner", ServiceId = "printer" }),
                CallContext.Local, default);
            await node.AdvanceAsync(70);
            string[] before = node.Show();
            Assert.Equal(
                ["- printer printer:81 []", "n1 web web:80 []", "n1 web/service:web Passing ok", "- printer/toner Critical"], before);
            ulong index = node.State.Index;
            await node.AdvanceAsync(10 * 66);
            Assert.Equal(before, node.Show());
            Assert.Equal(index, node.State.Index);
        });
    }

    [Fact]
    public void P3_DeregisteredThroughTheCatalogOfItsOwnNode_IsGoneForGood()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Http()));
            await agent.RegisterServiceAsync(AgentFixture.Service("api", AgentFixture.Ttl("t")));
            await node.Catalog.DeregisterAsync(
                new CatalogDeregistration { Node = "N1", ServiceId = "web" }, CallContext.Local, default);
            Assert.Equal(["n1 api api:80 []", "n1 api/t Critical"], node.Show());
            await node.Catalog.DeregisterAsync(new CatalogDeregistration { Node = "n1", CheckId = "t" }, CallContext.Local, default);
            Assert.Equal(["n1 api api:80 []"], node.Show());
            await node.AdvanceAsync(10 * 66);
            Assert.Equal(["n1 api api:80 []"], node.Show());
            Assert.Equal("api", Assert.Single(agent.Services).Service.Id);
        });
    }

    [Fact]
    public void P3_IdThatTheAgentOnceHad_RegisteredByOthers_Stays()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl("t")));
            await agent.DeregisterServiceAsync("web");
            await node.Catalog.RegisterAsync(
                AgentFixture.External("web", AgentFixture.Node, new CatalogCheckRegistration { Name = "t", ServiceId = "web" }),
                CallContext.Local, default);
            await node.AdvanceAsync(200);
            Assert.Equal(["- web web:81 []", "- web/t Critical"], node.Show());
        });
    }

    [Fact]
    public void P3_DeregisteredThroughTheCatalogElsewhere_IsRefusedNamingTheOwner()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web"));
            var elsewhere = new CatalogWriter(node.Module, node.Outside, new CallScope("dc1"), null);
            foreach (CatalogDeregistration one in (CatalogDeregistration[])
                [new() { Node = "n1", ServiceId = "web" }, new() { Node = "n1" }])
            {
                CatalogRefusedException e = await Assert.ThrowsAsync<CatalogRefusedException>(
                    async () => await elsewhere.DeregisterAsync(one, CallContext.Local, default));
                Assert.Equal(DiscoveryError.OwnedByOther, e.Error);
                Assert.Contains("\"n1\"", e.Message, StringComparison.Ordinal);
            }

            Assert.Equal(["n1 web web:80 []"], node.Show());
        });
    }

    [Fact]
    public void P3_TakenOutByConsulsRules_IsBackAtOnce()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl("t")));
            await node.Catalog.DeregisterAsync(
                new CatalogDeregistration { Node = "n1", Ownership = CatalogOwnership.Consul }, CallContext.Local, default);
            Assert.Empty(node.Show());
            await node.AdvanceAsync(0);
            Assert.Equal(["n1 web web:80 []", "n1 web/t Critical"], node.Show());
            Assert.Equal("n1", node.Rows.Node!.Owner);
        });
    }

    [Fact]
    public void P4_RestartedWithNothing_HasAllItsEntriesBackBeforeItIsReady_AndLeavesForeignOnes()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent first = await node.StartAgentAsync();
            await first.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl("t")));
            await first.RegisterServiceAsync(AgentFixture.Service("old"));
            await node.Catalog.RegisterAsync(AgentFixture.External("printer"), CallContext.Local, default);
            await first.StopAsync(leave: false);

            // Somebody removed one of its entries while it was away.
            await node.Catalog.DeregisterAsync(
                new CatalogDeregistration { Node = "n1", ServiceId = "web", Ownership = CatalogOwnership.Consul },
                CallContext.Local, default);
            LocalAgent second = await node.StartAgentAsync();
            Assert.Equal(["n1 old old:80 []", "- printer printer:81 []"], node.Show());
            await second.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl("t")));
            Assert.Equal(["n1 old old:80 []", "- printer printer:81 []", "n1 web web:80 []", "n1 web/t Critical"], node.Show());
            await second.CompleteDeclarationsAsync();
            await node.AdvanceAsync(0);
            Assert.Equal(["- printer printer:81 []", "n1 web web:80 []", "n1 web/t Critical"], node.Show());
            Assert.Equal(DepartureReason.UnknownToAgent, LocalAgentTests.Departure(node, "old"));
        });
    }

    [Fact]
    public void P4_WholeStateWiped_EverythingDeclaredIsBack()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            using var empty = new MemoryStream();
            node.Machine.WriteSnapshot(empty);
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl("t")));
            string[] before = node.Show();
            empty.Position = 0;
            await node.Log.RestoreAsync(empty, new Guid("99999999-2222-3333-4444-555555555555"));
            Assert.Empty(node.Show());
            await node.AdvanceAsync(0);
            Assert.Equal(before, node.Show());
        });
    }

    [Fact]
    public void P5_AlternatingTwentyTimes_WritesTheCatalogAtMostTwice()
    {
        bool pass = false;
        var node = new AgentFixture();
        node.OnRun = _ => (pass = !pass) ? CheckResult.Passing("ok") : CheckResult.Critical("no");
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            CheckDefinition check = AgentFixture.Http("h");
            check.Status = CheckStatus.Passing;
            await agent.RegisterServiceAsync(AgentFixture.Service("web", check));
            ulong before = node.State.Index;
            await node.AdvanceAsync(41 * 10);
            Assert.InRange(agent.HistoryOf("h").Count, 20, 41);
            Assert.InRange(node.State.Index - before, 1UL, 2UL);
        });
    }
}
