using Discovery.Catalog;

namespace Discovery.Agent;

/// <summary>What a change costs does not depend on how many entries there are; counted in entries looked at.</summary>
public class AgentWorkTests
{
    private const int Many = 10_000;

    [Fact]
    public void TenThousandServices_OneByOne_CostWhatTheyAre()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            long full = agent.Sync.Work.FullComparisons;
            long looks = await LooksAsync(node, async () =>
            {
                for (int i = 0; i < Many; i++)
                {
                    await agent.RegisterServiceAsync(Service(i));
                }
            });
            Assert.InRange(looks, 6 * Many, 14 * Many);
            await AssertChangesAreCheapAsync(node);
            Assert.Equal(full, agent.Sync.Work.FullComparisons);
        });
    }

    [Fact]
    public void TenThousandServices_AtOnce_CostWhatTheyAre()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            long full = agent.Sync.Work.FullComparisons;
            ulong before = node.State.Index;
            long looks = await LooksAsync(node, () => Task.WhenAll(
                Enumerable.Range(0, Many).Select(i => agent.RegisterServiceAsync(Service(i)).AsTask())));
            Assert.InRange(looks, 6 * Many, 14 * Many);
            Assert.Equal(before + Many, node.State.Index);
            await AssertChangesAreCheapAsync(node);
            Assert.Equal(full, agent.Sync.Work.FullComparisons);
        });
    }

    [Fact]
    public void TenThousandChecksOfOneService_OneByOne_CostWhatTheyAre()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web"));
            long looks = await LooksAsync(node, async () =>
            {
                for (int i = 0; i < Many; i++)
                {
                    await agent.RegisterCheckAsync(AgentFixture.Ttl($"c{i}"), "web");
                }
            });
            Assert.InRange(looks, 4 * Many, 10 * Many);
            Assert.Equal(Many, node.Rows.Checks.Count);
        });
    }

    [Fact]
    public void Change_ByOthersOfOneEntry_IsRepairedByLookingAtIt()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => agent.RegisterServiceAsync(Service(i)).AsTask()));
            string[] before = node.Show();
            long looks = await LooksAsync(node, async () => await node.Catalog.DeregisterAsync(
                new CatalogDeregistration { Node = "n1", ServiceId = "s7", Ownership = CatalogOwnership.Consul },
                CallContext.Local, default));
            Assert.InRange(looks, 6, 30);
            Assert.Equal(before, node.Show());

            // Nobody told: the timer has everything compared.
            long full = agent.Sync.Work.FullComparisons;
            await node.AdvanceAsync(66);
            Assert.Equal(full + 1, agent.Sync.Work.FullComparisons);
        });
    }

    [Fact]
    public void Aliases_ChangeOfAnotherService_AreNotEvaluated()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(Service(0));
            await agent.RegisterServiceAsync(Service(1));
            await agent.RegisterServiceAsync(AgentFixture.Service("web", new CheckDefinition { CheckId = "alias", AliasService = "s0" }));
            await node.AdvanceAsync(0);
            int runs = agent.HistoryOf("alias").Count;
            await agent.UpdateCheckAsync("a1", CheckStatus.Passing);
            await node.AdvanceAsync(0);
            Assert.Equal(runs, agent.HistoryOf("alias").Count);
            await agent.UpdateCheckAsync("a0", CheckStatus.Passing);
            await agent.UpdateCheckAsync("b0", CheckStatus.Passing);
            await node.AdvanceAsync(0);
            Assert.InRange(agent.HistoryOf("alias").Count, runs + 1, runs + 8);
            Assert.Equal(CheckStatus.Passing, node.Rows.Checks["alias"].Status);
            await agent.SetNodeMaintenanceAsync(MaintenanceMode.On);
            await node.AdvanceAsync(0);
            Assert.Equal(CheckStatus.Critical, node.Rows.Checks["alias"].Status);
        });
    }

    private static ServiceRegistration Service(int i) =>
        AgentFixture.Service($"s{i}", AgentFixture.Ttl($"a{i}"), AgentFixture.Ttl($"b{i}"));

    private static async Task AssertChangesAreCheapAsync(AgentFixture node)
    {
        long looks = await LooksAsync(node, async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                await node.Agent.UpdateCheckAsync($"a{i * 7}", CheckStatus.Passing);
            }
        });
        Assert.InRange(looks, 4 * 1000, 12 * 1000);
        Assert.Equal(1000, node.Rows.Checks.Values.Count(static check => check.Status == CheckStatus.Passing));
        looks = await LooksAsync(node, async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                await node.Agent.DeregisterServiceAsync($"s{i}");
            }
        });
        Assert.InRange(looks, 6 * 1000, 14 * 1000);
        Assert.Equal((Many - 1000, 2 * (Many - 1000)), (node.Rows.Services.Count, node.Rows.Checks.Count));
    }

    private static async Task<long> LooksAsync(AgentFixture node, Func<Task> act)
    {
        await node.AdvanceAsync(0);
        long before = node.Agent.Sync.Work.Looks;
        await act();
        await node.AdvanceAsync(0);
        return node.Agent.Sync.Work.Looks - before;
    }
}
