using Discovery.Testing;

namespace Discovery.Driver;

/// <summary>Two full servers and a witness in virtual time.</summary>
public sealed class WitnessTests
{
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Leader_LosesPower_TheOtherFullServerGoesOnWithEverything(int seed) => Run(seed, async rig =>
    {
        await AddAsync(rig, 20);
        ClusterServer dead = rig.Leader;
        dead.Crash();
        await rig.Kernel.AdvanceAsync(s_calm);

        ClusterServer next = rig.Leader;
        Assert.False(next.IsWitness);
        Assert.Equal(20, ClusterRig.Value(next, "n"));
        Assert.Equal([(true, true)], next.SingleCopies);
        await AddAsync(rig, 1);

        await dead.StartAsync(rig.Members);
        await rig.Kernel.AdvanceAsync(s_calm);
        Assert.Equal(21, ClusterRig.Value(dead, "n"));
        Assert.Equal([(true, true), (false, true)], next.SingleCopies);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void FullFollower_LosesPower_WritesGoOnInASingleCopyUntilItHasCaughtUp(int seed) => Run(seed, async rig =>
    {
        await AddAsync(rig, 1);
        (ClusterServer leader, ClusterServer follower) = (rig.Leader, rig.Servers[..2].Single(server => server != rig.Leader));
        Assert.Empty(leader.SingleCopies);
        follower.Crash();
        await rig.Kernel.AdvanceAsync(s_calm);
        await AddAsync(rig, 20);
        Assert.Same(leader, rig.Leader);
        Assert.Equal([(true, true)], leader.SingleCopies);

        // It is there again, and hears of nothing but that there is a leader: what it lacks is on one disk still.
        await follower.StartAsync(rig.Members);
        follower.AcceptsEntries = false;
        await rig.Kernel.AdvanceAsync(s_calm);
        await AddAsync(rig, 1);
        Assert.True(leader.Driver.IsSingleCopy);

        follower.AcceptsEntries = true;
        await rig.Kernel.AdvanceAsync(s_calm);
        Assert.Equal([(true, true), (false, true)], leader.SingleCopies);
        Assert.Equal(22, ClusterRig.Value(follower, "n"));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void FullFollower_WhoseDiskHangs_HoldsWritesUpForASecondAtMost(int seed) => Run(seed, async rig =>
    {
        await AddAsync(rig, 1);
        (ClusterServer leader, ClusterServer follower) = (rig.Leader, rig.Servers[..2].Single(server => server != rig.Leader));
        follower.Disk.SyncStall = TimeSpan.FromSeconds(30);
        Task<ProposalResult> held = leader.Log.ProposeAsync(ClusterRig.Add("n")).AsTask();
        await rig.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(900));
        Assert.False(held.IsCompleted);
        await rig.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(300));
        Assert.True(held.IsCompleted);
        Assert.Equal(ProposalOutcome.Applied, (await held).Outcome);
        Assert.True(leader.Driver.IsSingleCopy);
        await AddAsync(rig, 5);

        follower.Disk.SyncStall = TimeSpan.Zero;
        await rig.Kernel.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Equal([(true, true), (false, true)], leader.SingleCopies);
        Assert.Equal(7, ClusterRig.Value(follower, "n"));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Witness_LosesPower_WritesGoOnAndItComesBack(int seed) => Run(seed, async rig =>
    {
        ClusterServer witness = rig.Servers[2];
        witness.Crash();
        await rig.Kernel.AdvanceAsync(s_calm);
        await AddAsync(rig, 10);
        Assert.False(rig.Leader.Driver.IsSingleCopy);
        await witness.StartAsync(rig.Members);
        await rig.Kernel.AdvanceAsync(s_calm);
        ClusterServer dead = rig.Leader;
        dead.Crash();
        await rig.Kernel.AdvanceAsync(s_calm);
        await AddAsync(rig, 1);
        Assert.Equal(11, ClusterRig.Value(rig.Leader, "n"));
        await dead.StartAsync(rig.Members);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void All_LosePower_ComeBackWithEverythingAndTheWitnessNeverLeads(int seed) => Run(seed, async rig =>
    {
        for (int round = 1; round <= 5; round++)
        {
            await AddAsync(rig, 1);
            foreach (ClusterServer server in rig.Servers)
            {
                server.Crash();
            }

            await rig.StartAsync();
            await rig.Kernel.AdvanceAsync(s_calm);
            Assert.False(rig.Servers[2].Log.Leadership.IsLeader);
            Assert.All(rig.Servers[..2], server => Assert.Equal(round, ClusterRig.Value(server, "n")));
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void BothFullServers_AreGone_TheWitnessLeadsNobody(int seed) => Run(seed, async rig =>
    {
        rig.Servers[0].Crash();
        rig.Servers[1].Crash();
        await rig.Kernel.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Null(rig.Servers[2].Log.Leadership.Leader);
        await rig.Servers[0].StartAsync(rig.Members);
        await rig.Servers[1].StartAsync(rig.Members);
        await rig.Kernel.AdvanceAsync(s_calm);
        await AddAsync(rig, 1);
    });

    private static async Task AddAsync(ClusterRig rig, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(ProposalOutcome.Applied, (await rig.Leader.Log.ProposeAsync(ClusterRig.Add("n"))).Outcome);
        }
    }

    private static void Run(int seed, Func<ClusterRig, Task> body)
    {
        var kernel = new SimulationKernel(seed);
        kernel.Run(async () =>
        {
            var rig = new ClusterRig(kernel, servers: 3, hasWitness: true);
            await rig.StartAsync();
            await kernel.AdvanceAsync(s_calm);
            await body(rig);
            await rig.StopAsync();
        });
    }
}
