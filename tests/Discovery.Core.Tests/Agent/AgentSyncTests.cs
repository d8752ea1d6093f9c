using Discovery.Catalog;

namespace Discovery.Agent;

public class AgentSyncTests
{
    [Fact]
    public void Register_CatalogUnreachable_StaysAndIsSyncedWhenItIsBack()
    {
        SwitchedLog log = null!;
        var node = new AgentFixture(1, inner => log = new SwitchedLog(inner));
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            log.IsDown = true;
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), node.Runtime.Time);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await agent.RegisterServiceAsync(AgentFixture.Service("web"), null, null, patience.Token));
            Assert.False(Assert.Single(agent.Services).IsInSync);
            await node.AdvanceAsync(120);
            Assert.Empty(node.Show());
            log.IsDown = false;
            await node.AdvanceAsync(15);
            Assert.Equal(["n1 web web:80 []"], node.Show());
            Assert.True(Assert.Single(agent.Services).IsInSync);
        });

        Assert.Contains(node.Logger.Lines, static line => line.StartsWith("1200 Warning", StringComparison.Ordinal));
        Assert.Contains(node.Logger.Lines, static line => line.StartsWith("1201 Information", StringComparison.Ordinal));
    }

    [Fact]
    public void Start_CatalogUnreachable_WaitsAndGoesOn()
    {
        SwitchedLog log = null!;
        var node = new AgentFixture(1, inner => log = new SwitchedLog(inner) { IsDown = true });
        node.Run(async () =>
        {
            Task start = node.CreateAgent().StartAsync();
            await node.AdvanceAsync(100);
            Assert.False(start.IsCompleted);
            log.IsDown = false;
            await start;
            Assert.NotNull(node.Rows.Node);
        });
    }

    [Fact]
    public void Stop_CatalogUnreachable_GivesUpWithItsToken()
    {
        SwitchedLog log = null!;
        var node = new AgentFixture(1, inner => log = new SwitchedLog(inner));
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web"));
            log.IsDown = true;
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3), node.Runtime.Time);
            TimeSpan before = node.Kernel.Time.Elapsed;
            await agent.StopAsync(leave: true, patience.Token);
            Assert.Equal(TimeSpan.FromSeconds(3), node.Kernel.Time.Elapsed - before);
        });

        Assert.Contains(node.Logger.Lines, static line => line.StartsWith("1206 Warning", StringComparison.Ordinal));
    }

    [Fact]
    public void Start_NameOfAnotherLivingNode_IsRefusedAtOnce()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            node.CreateAgent();
            await node.Catalog.RegisterAsync(
                new CatalogRegistration
                {
                    Node = "n1",
                    NodeId = new Guid(9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9),
                    Address = "10.9.9.9",
                    Checks = [new CatalogCheckRegistration { Name = "serfHealth", Status = CheckStatus.Passing }],
                },
                CallContext.Local, default);
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(() => node.Agent.StartAsync());
            Assert.Equal(DiscoveryError.InvalidRequest, e.Error);
            Assert.Contains("00000009-", e.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Register_EntryThatNobodyKeeps_IsTakenOver()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await node.Catalog.RegisterAsync(AgentFixture.External("web"), CallContext.Local, default);
            await agent.RegisterServiceAsync(AgentFixture.Service("web"));
            Assert.Equal(["n1 web web:80 []"], node.Show());
        });
    }

    [Fact]
    public void Register_EntryOfAnotherAgent_IsRefusedNamingIt()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            var foreign = new RegisterCommand
            {
                Node = node.Rows.Node!,
                SkipNodeUpdate = true,
                Service = new CatalogService { Node = "n1", Id = "web", Name = "web" },
                Owner = "other",
            };
            await node.Outside.ExecuteAsync(node.Module.Register, foreign, CallContext.Local);
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await agent.RegisterServiceAsync(AgentFixture.Service("web")));
            Assert.Equal(DiscoveryError.OwnedByOther, e.Error);
            Assert.Contains("\"other\"", e.Message, StringComparison.Ordinal);
            Assert.Empty(agent.Services);
            await node.AdvanceAsync(200);
            Assert.Equal(["other web web:0 []"], node.Show());
        });
    }

    [Fact]
    public void EnableTagOverride_TagsOfOthers_AreAdopted()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            foreach (string name in (string[])["free", "strict"])
            {
                ServiceRegistration service = AgentFixture.Service(name);
                service.Tags.Add("mine");
                service.EnableTagOverride = name == "free";
                await agent.RegisterServiceAsync(service);
                CatalogRegistration theirs = AgentFixture.External(name);
                theirs.Service!.Tags.Add("theirs");
                theirs.Ownership = CatalogOwnership.Consul;
                await node.Catalog.RegisterAsync(theirs, CallContext.Local, default);
            }

            await node.AdvanceAsync(0);
            Assert.Equal(["n1 free free:80 [theirs]", "n1 strict strict:80 [mine]"], node.Show());
            Assert.Equal(["theirs"], agent.Services[0].Service.Tags);
        });
    }

    [Fact]
    public void TwoAgentsOfOneName_DoNotWriteWithoutEnd()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent first = await node.StartAgentAsync();
            LocalAgent second = node.CreateAgent("10.0.0.2");
            _ = second.StartAsync();
            ulong before = node.State.Index;
            await node.AdvanceAsync(60);
            Assert.InRange(node.State.Index - before, 60UL, 260UL);
            await first.StopAsync(leave: false);
        });
    }

    [Fact]
    public void Register_AThousandServicesAtOnce_OneCommandEach()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            ulong before = node.State.Index;
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => agent.RegisterServiceAsync(
                AgentFixture.Service($"s{i}", AgentFixture.Ttl($"a{i}"), AgentFixture.Ttl($"b{i}"))).AsTask()));
            Assert.Equal((1000, 2000), (node.Rows.Services.Count, node.Rows.Checks.Count));
            Assert.Equal(before + 1000, node.State.Index);
            Assert.Equal(TimeSpan.Zero, node.Kernel.Time.Elapsed);

            // All of them lost at once: one command for the node and one for each service.
            before = await node.Catalog.DeregisterAsync(
                new CatalogDeregistration { Node = "n1", Ownership = CatalogOwnership.Consul }, CallContext.Local, default);
            await node.AdvanceAsync(0);
            Assert.Equal((1000, 2000), (node.Rows.Services.Count, node.Rows.Checks.Count));
            Assert.Equal(before + 1001, node.State.Index);
        });
    }

    [Fact]
    public void Register_ServiceWithHundredsOfChecks_IsSplit()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            ulong before = node.State.Index;
            await agent.RegisterServiceAsync(AgentFixture.Service(
                "web", [.. Enumerable.Range(0, 300).Select(static i => AgentFixture.Ttl($"c{i}"))]));
            Assert.Equal(300, node.Rows.Checks.Count);
            Assert.Equal(before + 3, node.State.Index);
        });
    }

    [Fact]
    public void Idle_ForAnHour_WritesNothing()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Http()));
            await node.AdvanceAsync(30);
            ulong before = node.State.Index;
            await node.AdvanceAsync(3600);
            Assert.Equal(before, node.State.Index);
        });
    }

    [Fact]
    public void Fault_OfTheNode_EndsEveryWait()
    {
        SwitchedLog log = null!;
        var node = new AgentFixture(1, inner => log = new SwitchedLog(inner));
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            log.IsBroken = true;
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await agent.RegisterServiceAsync(AgentFixture.Service("web")));
            Assert.Equal(DiscoveryError.Faulted, e.Error);
            await agent.StopAsync(leave: true);
        });
    }

    [Fact]
    public void Fault_OfTheLog_IsToldOnceForItStays()
    {
        SwitchedLog log = null!;
        var node = new AgentFixture(1, inner => log = new SwitchedLog(inner));
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            log.Refusal = ProposalRefusal.Faulted;
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await agent.RegisterServiceAsync(AgentFixture.Service("web")));
            Assert.Equal(DiscoveryError.Faulted, e.Error);
            await node.AdvanceAsync(3600);
            Assert.Single(node.Logger.Lines, static line => line.StartsWith("1200 Warning", StringComparison.Ordinal));
            log.Refusal = ProposalRefusal.NoLeader;
            await node.AdvanceAsync(60);
            Assert.InRange(node.Logger.Lines.Count(static line => line.StartsWith("1200 Warning", StringComparison.Ordinal)), 3, 6);
        });
    }

    [Fact]
    public async Task SystemRuntime_ManyCallsFromManyThreads_AllAreShown()
    {
        var node = new AgentFixture(onSystem: true);
        LocalAgent agent = await node.StartAgentAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), async (i, token) =>
        {
            await agent.RegisterServiceAsync(AgentFixture.Service($"s{i}", AgentFixture.Ttl($"t{i}")), null, null, token);
            await agent.UpdateCheckAsync($"t{i}", CheckStatus.Passing, "", RegistrationLifetime.Process, null, token);
            if (i % 2 == 0)
            {
                await agent.DeregisterServiceAsync($"s{i}", null, token);
            }
        });
        Assert.Equal((100, 100), (node.Rows.Services.Count, node.Rows.Checks.Count));
        Assert.All(node.Rows.Checks.Values, static check => Assert.Equal(CheckStatus.Passing, check.Status));
        await agent.StopAsync(leave: true);
        Assert.Empty(node.Show());
    }

    [Fact]
    public void Output_OfATtlCheck_IsShownHereAtOnceAndInTheCatalogLater()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            CheckDefinition check = AgentFixture.Ttl("t");
            check.Status = CheckStatus.Passing;
            await agent.RegisterServiceAsync(AgentFixture.Service("web", check));
            ulong before = node.State.Index;
            await agent.UpdateCheckAsync("t", CheckStatus.Passing, "v1");
            Assert.Equal("v1", Assert.Single(agent.Checks).Check.Output);
            Assert.Equal((before, ""), (node.State.Index, node.Rows.Checks["t"].Output));
            await node.AdvanceAsync(150);
            Assert.Equal(before, node.State.Index);
            await node.AdvanceAsync(300);
            Assert.Equal((before + 1, "v1"), (node.State.Index, node.Rows.Checks["t"].Output));
        });
    }
}
