using Discovery.Protocol;
using Discovery.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.DependencyInjection;

/// <summary>Going on alone after the quorum was lost.</summary>
[Trait("Kind", "RealSockets")]
public sealed class RecoveryTests : ServerTests
{
    [Fact]
    public async Task Recover_AfterTheOthersAreLost_GoesOnInAClusterOfItsOwn()
    {
        ServerRig[] three = await BeginAsync(3);
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await three[0].Operator.RecoverAsync("too early", Bound));
        Assert.Equal(DiscoveryError.InvalidRequest, e.Error);

        await three[0].PutAsync("all", Bound);
        (Guid before, Guid lineage) = (three[0].Server.Cluster, three[0].Server.StateMachine.Current.Lineage);
        await Task.WhenAll(three[1].StopAsync(), three[2].StopAsync());
        await three[0].WaitForLeaderAsync(static leads => leads is null, Bound);
        RecoveryReport report = await three[0].Operator.RecoverAsync("two disks burnt", Bound);
        Assert.Equal((before, three[0].Server.Cluster), (report.ClusterBefore, report.Cluster));
        Assert.NotEqual(before, report.Cluster);
        Assert.NotEqual(lineage, report.Lineage);
        Assert.Equal(report.Lineage, three[0].Server.StateMachine.Current.Lineage);
        Assert.Equal(["b", "c"], report.Lost.Select(static server => server.Name));
        await three[0].Told.WaitForAsync("3110 Critical RECOVERY after the loss of the quorum, because \"two disks burnt\"", Bound);

        // Writes go on, also after a restart.
        await three[0].PutAsync("alone", Bound);
        await three[0].StopAsync();
        await three[0].StartAsync(Bound);
        await three[0].PutAsync("again", Bound);
        Assert.NotNull(three[0].Store.Get("all"));
        Assert.Equal((report.Cluster, report.Lineage), (three[0].Server.Cluster, three[0].Server.StateMachine.Current.Lineage));
        Assert.Equal("a", Assert.Single(three[0].Operator.Configuration.Servers).Name);

        // One of before is refused and told what to do; with an empty directory it joins.
        await three[1].StartAsync(Bound);
        string line = await three[1].Connections.WaitForAsync($"which has taken the place of {before} by a recovery", Bound);
        Assert.Contains("stop it, move the directory away, start it", line);
        await three[0].Connections.WaitForAsync($"which was given up for {report.Cluster} by a recovery", Bound);
        await three[1].StopAsync();
        Directory.Delete(Path.Combine(three[1].DataDirectory, "raft"), recursive: true);
        await three[1].StartAsync(Bound);
        await three[1].PutAsync("two", Bound);
        await ToldAsync(three, "becomes a voter", "2 voters, 0 learners");
        Assert.NotNull(three[1].Store.Get("all"));
        Assert.Equal(report.Cluster, three[1].Server.Cluster);
    }

    [Fact]
    public async Task Start_AfterACrashInTheMiddle_DoesTheRest()
    {
        ServerRig[] three = await BeginAsync(3);
        (Guid node, Guid before) = (three[0].NodeId, three[0].Server.Cluster);
        Guid lineage = three[0].Server.StateMachine.Current.Lineage;
        await three[0].StopAsync();
        await Task.WhenAll(three.Skip(1).Select(static server => server.StopAsync()));
        var after = new Guid("00000000-0000-0000-0000-0000000000c9");
        using (var disk = new PhysicalDisk())
        {
            await using NodeStorage storage = await NodeStorage.OpenAsync(
                disk, Path.Combine(three[0].DataDirectory, "raft"), node, Guid.Empty, Guid.NewGuid());
            RecoveredLog log = storage.Log.Recovered;
            await storage.Log.MarkRecoveryAsync(
                after, new RecoveryMark(before, new LogPosition(log.Terms.Last.Index + 1, log.State.Term + 1), IsPending: true));
        }

        await three[0].StartAsync(Bound);
        await three[0].Told.WaitForAsync("3111 Warning The recovery is over", Bound);
        await three[0].PutAsync("alone", Bound);
        Assert.NotNull(three[0].Store.Get("before"));
        Assert.Equal(after, three[0].Server.Cluster);
        Assert.NotEqual(lineage, three[0].Server.StateMachine.Current.Lineage);
    }

    [Fact]
    public async Task Recover_OfAServerThatIsAlone_IsRefused()
    {
        ServerRig alone = Create("alone");
        await alone.StartAsync(Bound);
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await alone.Services.GetRequiredService<IClusterOperator>().RecoverAsync("why not", Bound));
        Assert.Equal(DiscoveryError.InvalidRequest, e.Error);
    }
}
