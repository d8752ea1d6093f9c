using Discovery.Testing;

namespace Discovery.Driver;

/// <summary>Three servers in virtual time: what a user of the log sees when they come and go.</summary>
public sealed class ClusterTests
{
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(3);

    [Fact]
    public void LeaderSilence_OfOneThatLed_CountsFromItsLastMomentInOffice() => Run(1, async rig =>
    {
        ClusterServer old = rig.Leader;
        await rig.Kernel.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(TimeSpan.Zero, old.Driver.LeaderSilence);
        CutOff(rig, old);
        await rig.Kernel.AdvanceAsync(TimeSpan.FromSeconds(5));

        Assert.InRange(old.Driver.LeaderSilence, TimeSpan.FromSeconds(3.8), TimeSpan.FromSeconds(4));
        rig.Network.HealAll();
    });

    [Fact]
    public void Servers_ThatAreBehindWithReading_ChangeNoLeader() => Run(1, async rig =>
    {
        ClusterServer leader = rig.Leader;
        long term = leader.Log.Leadership.Term;
        foreach (ClusterServer server in rig.Servers)
        {
            server.IsBehind = true;
        }

        CutOff(rig, leader);
        await rig.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1.8));
        rig.Network.HealAll();
        await rig.Kernel.AdvanceAsync(s_calm);
        Assert.All(rig.Servers, server => Assert.Equal((leader.Name, term), (server.Log.Leadership.Leader, server.Log.Leadership.Term)));
    });

    [Fact]
    public void Servers_ThatNeverReadOn_ElectAnotherInTheEnd() => Run(1, async rig =>
    {
        ClusterServer leader = rig.Leader;
        foreach (ClusterServer server in rig.Servers)
        {
            server.IsBehind = true;
        }

        CutOff(rig, leader);
        await rig.Kernel.AdvanceAsync(TimeSpan.FromSeconds(4));
        ClusterServer next = rig.Servers.Single(server => server != leader && server.Log.Leadership.IsLeader);
        Assert.Equal(ProposalOutcome.Applied, (await next.Log.ProposeAsync(ClusterRig.Add("n"))).Outcome);
        Assert.False(leader.Log.Leadership.IsLeader);
        rig.Network.HealAll();
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Propose_OnAnyServer_IsAppliedThereAndEverywhere(int seed) => Run(seed, async rig =>
    {
        foreach (ClusterServer server in rig.Servers)
        {
            ProposalResult result = await server.Log.ProposeAsync(ClusterRig.Add("n"));
            Assert.Equal(ProposalOutcome.Applied, result.Outcome);
            Assert.True(server.State.Index >= result.Command.Index);
        }

        await rig.Kernel.AdvanceAsync(s_calm);
        Assert.All(rig.Servers, server => Assert.Equal(3, ClusterRig.Value(server, "n")));
        Assert.Single(rig.Servers.Select(static server => server.State.ComputeHash()).Distinct());
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Settle_WhileAnEntryIsNotCommitted_WaitsForIt(int seed) => Run(seed, async rig =>
    {
        ClusterServer leader = rig.Leader;
        CutOff(rig, leader);

        Task<ProposalResult> proposal = leader.Log.ProposeAsync(ClusterRig.Add("n")).AsTask();
        await rig.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(50));
        Task<bool> settled = leader.Log.SettleAsync().AsTask();
        await rig.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(50));
        Assert.False(settled.IsCompleted);

        rig.Network.HealAll();
        Assert.True(await settled);
        Assert.Equal(1, ClusterRig.Value(leader, "n"));
        Assert.Equal(ProposalOutcome.Applied, (await proposal).Outcome);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Leader_LosesPower_AnotherGoesOnAndNothingIsLost(int seed) => Run(seed, async rig =>
    {
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(ProposalOutcome.Applied, (await rig.Leader.Log.ProposeAsync(ClusterRig.Add("n"))).Outcome);
        }

        ClusterServer dead = rig.Leader;
        dead.Crash();
        await rig.Kernel.AdvanceAsync(s_calm);
        ClusterServer next = rig.Leader;
        Assert.NotSame(dead, next);
        Assert.Equal(20, ClusterRig.Value(next, "n"));
        Assert.Equal(ProposalOutcome.Applied, (await next.Log.ProposeAsync(ClusterRig.Add("n"))).Outcome);

        await dead.StartAsync(rig.Members);
        await rig.Kernel.AdvanceAsync(s_calm);
        Assert.Equal(21, ClusterRig.Value(dead, "n"));
        Assert.Equal(next.State.ComputeHash(), dead.State.ComputeHash());
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Leader_CutOff_StepsDownAndConfirmsNothing(int seed) => Run(seed, async rig =>
    {
        ClusterServer old = rig.Leader;
        CutOff(rig, old);

        Task<ProposalResult> lost = old.Log.ProposeAsync(ClusterRig.Add("n")).AsTask();
        await rig.Kernel.AdvanceAsync(s_calm);
        Assert.Equal(ProposalResult.Unknown(ProposalRefusal.LeadershipLost), await lost);
        Assert.False(old.Log.Leadership.IsLeader);
        Assert.True((await old.Log.ReadBarrierAsync(ReadConsistency.Stale)).IsReached);
        foreach (ReadConsistency consistency in (ReadConsistency[])[ReadConsistency.Default, ReadConsistency.Consistent])
        {
            Task<ReadBarrierResult> barrier = old.Log.ReadBarrierAsync(consistency).AsTask();
            await rig.Kernel.AdvanceAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(ProposalRefusal.NoLeader, (await barrier).Refusal);
        }

        ClusterServer next = rig.Servers.Single(server => server != old && server.Log.Leadership.IsLeader);
        Assert.Equal(ProposalOutcome.Applied, (await next.Log.ProposeAsync(ClusterRig.Add("n"))).Outcome);
        rig.Network.HealAll();
        await rig.Kernel.AdvanceAsync(s_calm);
        Assert.Equal(1, ClusterRig.Value(old, "n"));
        Assert.Equal(next.State.ComputeHash(), old.State.ComputeHash());
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Propose_OnAFollowerOfALeaderThatIsCutOff_IsAnsweredOnceItNoLongerLeads(int seed) => Run(seed, async rig =>
    {
        ClusterServer old = rig.Leader;
        ClusterServer[] others = [.. rig.Servers.Where(server => server != old)];
        old.AnswersNobody = true;
        foreach (ClusterServer other in others)
        {
            rig.Network.Cut(old.Name, other.Name);
        }

        Task<ProposalResult>[] asked = [.. others.Select(static other => other.Log.ProposeAsync(ClusterRig.Add("n")).AsTask())];
        await rig.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        foreach (Task<ProposalResult> one in asked)
        {
            Assert.True(one.IsCompleted);
            Assert.Equal(ProposalResult.Unknown(ProposalRefusal.LeadershipLost), await one);
        }

        rig.Network.HealAll();
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Leader_Stops_HandsOverBeforeItGoes(int seed) => Run(seed, async rig =>
    {
        ClusterServer old = rig.Leader;
        TimeSpan began = rig.Kernel.Time.Elapsed;
        Task stopping = old.StopAsync();
        await rig.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(200));
        await stopping;
        ClusterServer next = rig.Servers.Single(server => server != old && server.Log.Leadership.IsLeader);
        Assert.Equal(ProposalOutcome.Applied, (await next.Log.ProposeAsync(ClusterRig.Add("n"))).Outcome);
        Assert.True(rig.Kernel.Time.Elapsed - began < TimeSpan.FromMilliseconds(350));
        await old.StartAsync(rig.Members);
        await rig.Kernel.AdvanceAsync(s_calm);
        Assert.Equal(1, ClusterRig.Value(old, "n"));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void All_LosePower_ComeBackWithEverythingAcknowledged(int seed) => Run(seed, async rig =>
    {
        for (int round = 1; round <= 5; round++)
        {
            Assert.Equal(ProposalOutcome.Applied, (await rig.Leader.Log.ProposeAsync(ClusterRig.Add("n"))).Outcome);
            foreach (ClusterServer server in rig.Servers)
            {
                server.Crash();
            }

            await rig.StartAsync();
            await rig.Kernel.AdvanceAsync(s_calm);
            Assert.All(rig.Servers, server => Assert.Equal(round, ClusterRig.Value(server, "n")));
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ReadBarrier_OnAFollower_CoversWhatWasWrittenBefore(int seed) => Run(seed, async rig =>
    {
        ClusterServer follower = rig.Servers.First(server => server != rig.Leader);
        for (int i = 1; i <= 20; i++)
        {
            ProposalResult written = await rig.Leader.Log.ProposeAsync(ClusterRig.Add("n"));
            ReadConsistency consistency = i % 2 == 0 ? ReadConsistency.Default : ReadConsistency.Consistent;
            ReadBarrierResult barrier = await follower.Log.ReadBarrierAsync(consistency);
            Assert.True(barrier.IsReached);
            Assert.True(barrier.Index >= written.Command.Index);
            Assert.Equal(i, ClusterRig.Value(follower, "n"));
        }
    });

    private static void CutOff(ClusterRig rig, ClusterServer one)
    {
        foreach (ClusterServer other in rig.Servers.Where(server => server != one))
        {
            rig.Network.Cut(one.Name, other.Name);
        }
    }

    private static void Run(int seed, Func<ClusterRig, Task> body)
    {
        var kernel = new SimulationKernel(seed);
        kernel.Run(async () =>
        {
            var rig = new ClusterRig(kernel, servers: 3);
            await rig.StartAsync();
            await kernel.AdvanceAsync(s_calm);
            await body(rig);
            await rig.StopAsync();
        });
    }
}
