namespace Discovery.DependencyInjection;

/// <summary>What operators ask, of any server.</summary>
[Trait("Kind", "RealSockets")]
public sealed class ClusterOperatorTests : ServerTests
{
    [Fact]
    public async Task Reading_OnAnyServer_TellsWhatTheLeaderKnows()
    {
        ServerRig[] three = await BeginAsync(3);
        ServerRig leader = Leader(three);
        foreach (ServerRig server in three)
        {
            ClusterConfiguration configuration = await server.Operator.ReadConfigurationAsync(Bound);
            Assert.Equal(
                three.Select(one => new ClusterServer(one.NodeId, one.Name, $"127.0.0.1:{one.Port}", ServerRole.Voter, one == leader)),
                configuration.Servers);
            Assert.Equal((1UL, false), (configuration.Index, configuration.IsChanging));
            Assert.Equal(configuration.Servers, server.Operator.Configuration.Servers);

            ClusterHealth health = await server.Operator.ReadHealthAsync(Bound);
            Assert.Equal((true, 1, false), (health.IsHealthy, health.FailureTolerance, health.IsSingleCopy));
            Assert.Equal(configuration.Servers, health.Servers.Select(static one => one.Server));
            Assert.All(health.Servers, static one => Assert.Equal((true, MemberStatus.Alive), (one.IsHealthy, one.Status)));
            Assert.Equal(TimeSpan.Zero, health.Servers.Single(static one => one.Server.IsLeader).LastContact);
        }
    }

    [Fact]
    public async Task Health_OfOneWhoseDiskHangs_IsBadUntilItHasWhatWasWritten()
    {
        var disks = new HangingDisk[3];
        ServerRig[] three = await BeginAsync(3, (server, i) =>
        {
            server.Disk = disks[i] = new HangingDisk();
            server.Configure = static raft => raft.DiskStallMax = TimeSpan.FromMilliseconds(500);
        });
        ServerRig leader = Leader(three);
        int hangs = Array.FindIndex(three, server => server != leader);
        disks[hangs].Hang();
        await leader.PutAsync("while it hangs", Bound);
        ClusterHealth bad = await WaitForUnhealthyAsync(leader, three[hangs].Name);
        Assert.Equal((false, 0), (bad.IsHealthy, bad.FailureTolerance));

        disks[hangs].GoOn();
        ClusterHealth good = await WaitForUnhealthyAsync(leader);
        Assert.Equal((true, 1), (good.IsHealthy, good.FailureTolerance));
    }

    [Fact]
    public async Task Transfer_AskedOnAFollower_HasThatOneLead()
    {
        ServerRig[] three = await BeginAsync(3);
        ServerRig leader = Leader(three);
        ServerRig next = three.First(server => server != leader);
        await next.Operator.TransferLeadershipAsync(next.NodeId, Bound);
        await next.WaitForLeaderAsync(leads => leads == next.Name, Bound);
        await three[0].PutAsync("after", Bound);

        Assert.Single(leader.Changes.Lines, line => line == $"3108 Information Leadership goes to {next.NodeId}, as {next.Name} asked");
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await next.Operator.TransferLeadershipAsync(Guid.NewGuid(), Bound));
        Assert.Equal(DiscoveryError.NotFound, e.Error);
    }

    [Fact]
    public async Task Remove_OfTheLeader_HandsOverFirst()
    {
        ServerRig[] three = await BeginAsync(3);
        ServerRig leader = Leader(three);
        ServerRig asked = three.First(server => server != leader);
        await asked.Operator.RemoveServerAsync(leader.NodeId, Bound);
        Assert.DoesNotContain(
            (await asked.Operator.ReadConfigurationAsync(Bound)).Servers, server => server.NodeId == leader.NodeId);
        await asked.PutAsync("two", Bound);
        await leader.Told.WaitForAsync("is no member of cluster", Bound);
        await asked.WaitForAsync(leader.Name, MemberStatus.Left, Bound);
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await asked.Operator.RemoveServerAsync(leader.NodeId, Bound));
        Assert.Equal(DiscoveryError.NotFound, e.Error);
    }

    [Fact]
    public async Task Leave_OfLeaderThenFollower_LeavesTheLastVoter()
    {
        ServerRig[] three = await BeginAsync(3);
        ServerRig first = Leader(three);
        await first.Operator.LeaveAsync(Bound);
        await first.Told.WaitForAsync("3109 Information This server has left cluster", Bound);
        Assert.StartsWith("This server has left cluster", first.Server.Fault!.Message);

        ServerRig[] two = [.. three.Where(server => server != first)];
        await two[0].PutAsync("two", Bound);
        ServerRig follower = two.First(static server => !server.Leadership.IsLeader);
        await follower.Operator.LeaveAsync(Bound);
        ServerRig last = two.Single(server => server != follower);
        await last.PutAsync("one", Bound);
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(async () => await last.Operator.LeaveAsync(Bound));
        Assert.Equal(
            (DiscoveryError.InvalidRequest, $"Server {last.NodeId} is the last voter and stays: without it the state would be nobody's."),
            (e.Error, e.Message));
        await last.PutAsync("still", Bound);
    }

    [Fact]
    public async Task Anything_WithoutALeader_IsRefused()
    {
        ServerRig[] three = await BeginAsync(3);
        await Task.WhenAll(three[1].StopAsync(), three[2].StopAsync());
        await three[0].WaitForLeaderAsync(static leads => leads is null, Bound);
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await three[0].Operator.ReadConfigurationAsync(Bound));
        Assert.Equal(DiscoveryError.NoLeader, e.Error);
        Assert.Equal(3, three[0].Operator.Configuration.Servers.Count);
    }

    // Until these are the only ones: on a busy machine another may be late for a moment.
    private async Task<ClusterHealth> WaitForUnhealthyAsync(ServerRig asked, params string[] names)
    {
        while (true)
        {
            ClusterHealth health = await asked.Operator.ReadHealthAsync(Bound);
            if (health.Servers.Where(static one => !one.IsHealthy).Select(static one => one.Server.Name).SequenceEqual(names))
            {
                return health;
            }
        }
    }
}
