using Microsoft.Extensions.DependencyInjection;

namespace Discovery.DependencyInjection;

/// <summary>Two full servers and a witness on real disks and sockets.</summary>
[Trait("Kind", "RealSockets")]
public sealed class WitnessServerTests : ServerTests
{
    [Fact]
    public async Task Witness_AmongTheFirst_IsShownAsOneAndServesNothing()
    {
        ServerRig[] three = await BeginWithWitnessAsync();
        ServerRig witness = three[2];
        foreach (ServerRig server in three)
        {
            ClusterConfiguration configuration = await server.Operator.ReadConfigurationAsync(Bound);
            Assert.Equal(
                [("a", ServerRole.Voter), ("b", ServerRole.Voter), ("c", ServerRole.Witness)],
                configuration.Servers.Select(static one => (one.Name, one.Role)));
            ClusterHealth health = await server.Operator.ReadHealthAsync(Bound);
            Assert.Equal((true, 1, false), (health.IsHealthy, health.FailureTolerance, health.IsSingleCopy));
        }

        IServiceCatalog catalog = witness.Services.GetRequiredService<IServiceCatalog>();
        Refused(Assert.Throws<DiscoveryException>(() => catalog.Find("consul")));
        Refused(Assert.Throws<DiscoveryException>(() => catalog.Service("consul").View));
        Refused(Assert.Throws<DiscoveryException>(() => catalog.FindNode("a")));
        Refused(Assert.Throws<DiscoveryException>(() => catalog.Snapshot));
        Refused(Assert.Throws<DiscoveryException>(() => witness.Store.Get("before")));
        foreach (ReadConsistency consistency in Enum.GetValues<ReadConsistency>())
        {
            Refused(await Assert.ThrowsAsync<DiscoveryException>(async () => await catalog.QueryServicesAsync(
                new ServicesQuery(), new QueryOptions { Consistency = consistency }, Bound)));
        }

        Refused(await Assert.ThrowsAsync<DiscoveryException>(() => witness.PutAsync("mine", Bound)));
        ILocalAgent agent = witness.Services.GetRequiredService<IDiscoveryNode>().Agent;
        Refused(await Assert.ThrowsAsync<DiscoveryException>(
            async () => await agent.RegisterServiceAsync(new ServiceRegistration { Name = "web" }, cancellationToken: Bound)));
        NodeStatus status = witness.Services.GetRequiredService<IDiscoveryNode>().Status;
        Assert.Equal((NodePhase.Running, null, null, false), (status.Phase, status.Fault, status.Concern, status.KeepsState));
        Assert.All(status.Loops, static loop => Assert.Contains(loop.Phase, (LoopPhase[])[LoopPhase.Running, LoopPhase.Completed]));

        Assert.Empty(agent.Services);

        // Neither an archive is taken, nor is a drain refused that has nothing to drain: what is told to leave drains first.
        using var archive = new MemoryStream();
        Refused(await Assert.ThrowsAsync<DiscoveryException>(async () =>
            await witness.Services.GetRequiredService<IClusterSnapshots>().RestoreAsync(archive, CallContext.Local, Bound)));
        await agent.DrainAsync(cancellationToken: Bound);

        // The others show it where members are shown.
        await three[0].WaitForAsync("c", MemberStatus.Alive, Bound);

        // It is a node of the catalog, and no server that anybody is sent to.
        IServiceCatalog full = three[0].Services.GetRequiredService<IServiceCatalog>();
        var query = new NodeServicesQuery("c");
        QueryReply<NodeDetails?> shown = await full.QueryNodeAsync(query, cancellationToken: Bound);
        while (shown.Body is null)
        {
            var change = new QueryOptions { AfterIndex = shown.Index, Wait = TimeSpan.FromMinutes(1) };
            shown = await full.QueryNodeAsync(query, change, Bound);
        }

        Assert.Empty(shown.Body.Services);
        Assert.Equal("serfHealth", Assert.Single(shown.Body.Checks).CheckId);
    }

    [Fact]
    public async Task Witness_ThatLeaves_IsNoMemberAnyMore()
    {
        ServerRig[] three = await BeginWithWitnessAsync();
        await three[2].Operator.LeaveOthersAsync(Bound);
        ClusterConfiguration configuration = await Leader(three).Operator.ReadConfigurationAsync(Bound);
        Assert.Equal(["a", "b"], configuration.Servers.Select(static one => one.Name));
        await three[0].PutAsync("after", Bound);
    }

    [Fact]
    public async Task Witness_AskedToLead_IsRefused()
    {
        ServerRig[] three = await BeginWithWitnessAsync();
        foreach (ServerRig server in three)
        {
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await server.Operator.TransferLeadershipAsync(three[2].NodeId, Bound));
            Assert.Equal(DiscoveryError.InvalidRequest, e.Error);
            Assert.Contains("is a witness: it keeps no state and never leads", e.Message);
        }

        ServerRig first = Leader(three);
        ServerRig last = three[..2].Single(server => server != first);
        await first.StopAsync();
        await three[2].WaitForLeaderAsync(leads => leads == last.Name, Bound);
        await last.StopAsync();
        await three[2].WaitForLeaderAsync(static leads => leads is null, Bound);
        DiscoveryException refused = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await three[2].Operator.RecoverAsync("both are gone", Bound));
        Assert.Contains("is a witness", refused.Message);
    }

    [Fact]
    public async Task FullServer_ThatGoesAndComesBack_MakesASingleCopyThatIsToldAndEnds()
    {
        ServerRig[] three = await BeginWithWitnessAsync();
        ServerRig leader = Leader(three);
        ServerRig other = three[..2].Single(server => server != leader);
        await other.StopAsync();
        await leader.Told.WaitUntilAsync(IsSingleCopy, Bound);
        Assert.EndsWith($"until a voter has caught up: {other.Name}", LastOfCopies(leader.Told.Lines));
        await leader.PutAsync("alone", Bound);
        Assert.True((await three[2].Operator.ReadHealthAsync(Bound)).IsSingleCopy);
        Assert.StartsWith("Single copy", leader.Services.GetRequiredService<IDiscoveryNode>().Status.Concern);

        await other.StartAsync(Bound);
        await WaitForTwoCopiesAsync(three[2]);
        await leader.Told.WaitUntilAsync(static lines => !IsSingleCopy(lines), Bound);
        Assert.Contains("3115 Warning The single copy is over", LastOfCopies(leader.Told.Lines));
        Assert.Null(leader.Services.GetRequiredService<IDiscoveryNode>().Status.Concern);
        await other.PutAsync("again", Bound);
        Assert.NotNull(other.Store.Get("alone"));
    }

    [Fact]
    public async Task AllOfThem_StartedAgain_GoOnAsTheyWere()
    {
        ServerRig[] three = await BeginWithWitnessAsync();
        await Task.WhenAll(three.Select(static server => server.StopAsync()));
        await Task.WhenAll(three.Select(server => server.StartAsync(Bound)));
        await three[0].PutAsync("after", Bound);
        Assert.NotNull(three[0].Store.Get("before"));
        Assert.Equal(ServerRole.Witness, (await three[0].Operator.ReadConfigurationAsync(Bound)).Servers.Single(
            static server => server.Name == "c").Role);
        Assert.Throws<DiscoveryException>(() => three[2].Store.Get("before"));
    }

    [Fact]
    public async Task Witness_ThatComesLater_IsOneFromTheStartAndGetsNoState()
    {
        const int Writers = 200;
        const int Rounds = 20;
        ServerRig[] two = await BeginAsync(2);
        await Task.WhenAll(two.Select(static server => server.StopAsync()));
        foreach (ServerRig server in two)
        {
            server.Configure = static raft => raft.SnapshotEntries = 1000;
            await server.StartAsync(Bound);
        }

        // More than a leader keeps for those who are a little behind.
        for (int round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => two[0].PutAsync($"key/{writer}", Bound)));
        }

        ServerRig third = Create("c", two[0].Port, two[1].Port);
        third.Configure = static raft => raft.Witness = true;
        await third.StartAsync(Bound);
        await ToldAsync(two, "c (127.0.0.1:", "becomes a witness, for it came new");
        await two[0].PutAsync("with", Bound);
        await third.Connections.WaitForAsync("for Snapshot", Bound);
        ServerRig gone = Leader(two);
        await gone.StopAsync();
        ServerRig left = two.Single(server => server != gone);
        await left.PutAsync("without", Bound);
        Assert.Equal(
            ServerRole.Witness,
            (await left.Operator.ReadConfigurationAsync(Bound)).Servers.Single(static server => server.Name == "c").Role);
        long bytes = new DirectoryInfo(Path.Combine(third.DataDirectory, "raft", "snapshots")).GetFiles().Sum(static file => file.Length);
        Assert.InRange(bytes, 1, 1000);
    }

    [Fact]
    public async Task Witness_OfManyLargeWrites_KeepsItsLogShortAndKnowsWhereItWas()
    {
        const int Writers = 100;
        const int Rounds = 30;
        ServerRig[] three = await BeginWithWitnessAsync(static raft => raft.SnapshotEntries = 200);
        byte[] value = new byte[8 * 1024];
        for (int round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(
                async writer => await three[0].Store.PutAsync($"key/{writer}", value, cancellationToken: Bound)));
        }

        await three[2].Told.WaitForAsync("3008 Information Took a snapshot at", Bound);
        await Task.WhenAll(three.Select(static server => server.StopAsync()));
        long Size(ServerRig server, string folder) => new DirectoryInfo(Path.Combine(server.DataDirectory, "raft", folder))
            .GetFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length);
        Assert.InRange(Size(three[2], "snapshots"), 1, 1000);
        Assert.InRange(Size(three[2], "log"), 1, 4 << 20);

        await Task.WhenAll(three.Select(server => server.StartAsync(Bound)));
        Assert.Contains(
            three[2].Told.Lines,
            static line => line.Contains("The log is open: snapshot at", StringComparison.Ordinal)
                && !line.Contains("snapshot at 0,", StringComparison.Ordinal));
        await three[0].PutAsync("after", Bound);
        ServerRig gone = Leader(three);
        await gone.StopAsync();
        await three[2].WaitForLeaderAsync(leads => leads is not null && leads != gone.Name, Bound);
    }

    [Fact]
    public void Options_OfAWitnessWithoutOthers_AreRefused()
    {
        var options = new RaftOptions { Witness = true };
        Assert.Contains("RaftOptions.Witness: a witness stands beside", new RaftOptionsValidator().Validate(null, options).FailureMessage);
        options.Servers.Add("10.0.0.1:8300");
        options.Servers.Add("10.0.0.2:8300");
        Assert.True(new RaftOptionsValidator().Validate(null, options).Succeeded);
    }

    [Theory]
    [InlineData(true, "is of a full server, and this node is to be a witness")]
    [InlineData(false, "is of a witness, and this node is to be a full server")]
    public async Task DirectoryOfTheOtherKind_IsRefusedAndSaysWhatToDo(bool isWitness, string reason)
    {
        ServerRig[] three = await BeginWithWitnessAsync();
        ServerRig one = three[isWitness ? 0 : 2];
        await one.StopAsync();
        one.Configure = raft => raft.Witness = isWitness;
        DiscoveryException e = await Assert.ThrowsAnyAsync<DiscoveryException>(() => one.StartAsync(Bound));
        Assert.Contains(reason, e.Message);
        Assert.Contains("Set RaftOptions.Witness as it was, or move this directory away", e.Message);
    }

    private async Task<ServerRig[]> BeginWithWitnessAsync(Action<RaftOptions>? configure = null)
    {
        ServerRig[] three = [Create("a"), Create("b"), Create("c")];
        int[] ports = [.. three.Select(static server => server.Port)];
        foreach (ServerRig server in three)
        {
            server.List = ports;
            server.Configure = raft =>
            {
                raft.Witness = server == three[2];
                configure?.Invoke(raft);
            };
        }

        await Task.WhenAll(three.Select(server => server.StartAsync(Bound)));
        await three[0].PutAsync("before", Bound);
        await WaitForTwoCopiesAsync(three[2]);
        return three;
    }

    // The first writes of a cluster may be on one disk only, when the other full server is a little late.
    private async Task WaitForTwoCopiesAsync(ServerRig asked)
    {
        while ((await asked.Operator.ReadHealthAsync(Bound)).IsSingleCopy)
        {
            await Task.Yield();
        }
    }

    private static bool IsSingleCopy(IReadOnlyList<string> lines) =>
        LastOfCopies(lines)?.StartsWith("3114 Error SINGLE COPY", StringComparison.Ordinal) ?? false;

    private static string? LastOfCopies(IReadOnlyList<string> lines) => lines.LastOrDefault(
        static line => line.StartsWith("3114", StringComparison.Ordinal) || line.StartsWith("3115", StringComparison.Ordinal));

    private static void Refused(DiscoveryException e)
    {
        Assert.Equal((DiscoveryError.Witness, WriteOutcome.NotApplied), (e.Error, e.WriteOutcome));
        Assert.Equal("This server is a witness: it votes, and keeps no state to read or write. Ask a, b.", e.Message);
    }
}
