using Discovery.Protocol;
using Discovery.Testing;

namespace Discovery.DependencyInjection;

/// <summary>Servers that come, go, move and lose their disks.</summary>
[Trait("Kind", "RealSockets")]
public sealed class ClusterLifeTests : ServerTests
{
    [Fact]
    public async Task Server_ThatComesNew_IsALearnerThenAVoterThenRemovedWhenItFails()
    {
        ServerRig[] three = await BeginAsync(3);
        ServerRig leader = Leader(three);
        ServerRig fourth = Create("d", leader.Port);
        await fourth.StartAsync(Bound);
        await Task.WhenAny(three.Select(server => server.Changes.WaitForAsync("d (127.0.0.1:", Bound)));
        await fourth.PutAsync("from-d", Bound);
        Assert.NotNull(fourth.Store.Get("before"));
        await ToldAsync(three, "becomes a voter, for it has been healthy", "4 voters, 0 learners");
        await fourth.Told.WaitForAsync("3102 Information This server joins cluster", Bound);

        await fourth.StopAsync();
        await ToldAsync(three, "d (127.0.0.1:", "has not answered", "3 voters, 0 learners");
        await three[0].WaitForAsync("d", MemberStatus.Left, Bound);

        // The one that was removed is told so, and is left out.
        await fourth.StartAsync(Bound);
        string line = await fourth.Told.WaitForAsync("is no member of cluster", Bound);
        Assert.Contains($"move {Path.Combine(fourth.DataDirectory, "raft")} away", line);
        Assert.Null(fourth.Leadership.Leader);
        await fourth.StopAsync();

        // With an empty directory it is one that comes new.
        Directory.Delete(Path.Combine(fourth.DataDirectory, "raft"), recursive: true);
        await fourth.StartAsync(Bound);
        await fourth.PutAsync("again", Bound);
    }

    [Fact]
    public async Task Server_WhoseDiskWasLost_TakesItsOwnPlace()
    {
        ServerRig[] three = await BeginAsync(3);
        ServerRig leader = Leader(three);
        ServerRig lost = three.First(server => server != leader);
        await lost.StopAsync();
        Directory.Delete(lost.DataDirectory, recursive: true);
        await lost.StartAsync(Bound);
        await ToldAsync(three, "whose log it has lost", "2 voters, 1 learners");
        await ToldAsync(three, "becomes a voter", "3 voters, 0 learners");
        await lost.PutAsync("after", Bound);
        Assert.NotNull(lost.Store.Get("before"));
    }

    [Fact]
    public async Task AllServers_StoppedTogether_TellOfNoTrouble()
    {
        ServerRig[] three = await BeginAsync(3);
        int[] before = [.. three.Select(static server => server.Told.Lines.Count)];
        await Task.WhenAll(three.Select(static server => server.StopAsync()));
        for (int i = 0; i < 3; i++)
        {
            Assert.All(three[i].Told.Lines.Skip(before[i]), static line => Assert.Contains(" Information ", line));
        }
    }

    [Fact]
    public async Task Server_WhoseDirectoryIsAnOldCopy_IsRefusedAndSaysSoOnce()
    {
        ServerRig[] three = await BeginAsync(3);
        ServerRig old = three.First(static server => !server.Leadership.IsLeader);
        await old.StopAsync();
        string kept = old.DataDirectory + "-kept";
        Copy(old.DataDirectory, kept);
        await old.StartAsync(Bound);
        await old.PutAsync("since", Bound);
        await old.StopAsync();
        Directory.Delete(old.DataDirectory, recursive: true);
        Directory.Move(kept, old.DataDirectory);
        await old.StartAsync(Bound);
        await old.Told.WaitForAsync("its directory is an old copy", Bound);
        await old.StopAsync();
        Assert.Single(old.Told.Lines, static line => line.StartsWith("3005 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AllServers_StartedAgainOnOtherPorts_GoOn()
    {
        ServerRig[] three = await BeginAsync(3);
        await Task.WhenAll(three.Select(static server => server.StopAsync()));
        int[] ports = LoopbackPorts.Take(3);
        for (int i = 0; i < 3; i++)
        {
            (three[i].Port, three[i].List) = (ports[i], ports);
        }

        await Task.WhenAll(three.Select(server => server.StartAsync(Bound)));
        await three[0].PutAsync("after", Bound);
        Assert.NotNull(three[0].Store.Get("before"));
    }

    [Fact]
    public async Task Server_StartedOnAnotherPort_IsFoundByThoseWhoseListsAreOld()
    {
        ServerRig[] three = await BeginAsync(3);
        ServerRig moved = three.First(server => !server.Leadership.IsLeader);
        ServerRig[] others = [.. three.Where(server => server != moved)];
        await moved.StopAsync();
        moved.Port = LoopbackPorts.Take(1)[0];
        await moved.StartAsync(Bound);
        await moved.PutAsync("moved", Bound);

        // One of the others goes: without the one that has moved there would be no majority.
        await others[0].StopAsync();
        await others[1].PutAsync("two", Bound);
        Assert.Equal(
            moved.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            others[1].Members.Members.Single(one => one.Name == moved.Name).Tags["port"]);
    }

    [Fact]
    public async Task Server_WithTwoClustersInItsList_JoinsNeither()
    {
        ServerRig one = Create("one");
        ServerRig two = Create("two");
        await one.StartAsync(Bound);
        await two.StartAsync(Bound);
        await one.PutAsync("one", Bound);
        await two.PutAsync("two", Bound);
        foreach (ServerRig alone in (ServerRig[])[one, two])
        {
            // A cluster of one answers once it has a list.
            await alone.StopAsync();
            alone.List = [LoopbackPorts.Take(1)[0]];
            await alone.StartAsync(Bound);
        }

        ServerRig third = Create("three", one.Port, two.Port);
        await third.StartAsync(Bound);
        string line = await third.Told.WaitForAsync("belong to two clusters", Bound);
        Assert.Contains($"\"one\" to {one.Server.Cluster}", line);
        Assert.Contains($"\"two\" to {two.Server.Cluster}", line);
        Assert.Equal((Guid.Empty, null), (third.Server.Cluster, third.Leadership.Leader));
    }

    [Fact]
    public async Task ServerAlone_GivenOthers_TakesThemIntoItsCluster()
    {
        ServerRig first = Create("a");
        await first.StartAsync(Bound);
        await first.PutAsync("mine", Bound);
        await first.StopAsync();
        ServerRig second = Create("b", first.Port);
        ServerRig third = Create("c", first.Port, second.Port);
        first.List = [second.Port, third.Port];
        second.List = [first.Port, third.Port];
        await Task.WhenAll(Servers.Select(server => server.StartAsync(Bound)));
        await ToldAsync([.. Servers], "becomes a voter", "3 voters, 0 learners");
        await third.PutAsync("ours", Bound);
        Assert.NotNull(third.Store.Get("mine"));
        Assert.Single(Servers.Select(static server => server.Server.Cluster).Distinct());
    }

    [Fact]
    public async Task Servers_AsManyAsExpected_BeginAndTheOthersJoin()
    {
        int[] ports = LoopbackPorts.Take(3);
        ServerRig[] three = [.. ports.Select((port, i) => Create($"n{i}", ports))];
        for (int i = 0; i < 3; i++)
        {
            three[i].Port = ports[i];
            three[i].Configure = static raft => raft.BootstrapExpect = 2;
        }

        await Task.WhenAll(three.Take(2).Select(server => server.StartAsync(Bound)));
        await three[1].PutAsync("two", Bound);
        await three[2].StartAsync(Bound);
        await ToldAsync(three, "becomes a voter", "3 voters, 0 learners");
        await three[2].PutAsync("three", Bound);
        Assert.NotNull(three[2].Store.Get("two"));
    }

    [Fact]
    public async Task Server_WithACopyOfTheDirectoryOfOneThatRuns_TakesNoPart()
    {
        ServerRig[] three = await BeginAsync(3);
        ServerRig copy = Create("copy", [.. three.Select(static server => server.Port)]);
        Copy(three[1].DataDirectory, copy.DataDirectory);

        await copy.StartAsync(Bound);

        string told = await copy.Told.WaitForAsync(static line => line.Contains("3103", StringComparison.Ordinal), Bound);
        Assert.Contains(
            $"The server at 127.0.0.1:{three[1].Port} has the node id of this one, {three[1].NodeId}, and its log", told,
            StringComparison.Ordinal);
        await three[1].PutAsync("after", Bound);
    }

    [Fact]
    public async Task Server_WhoseListIsOfAnotherCluster_SaysSo()
    {
        ServerRig[] three = await BeginAsync(3);
        ServerRig[] others = [Create("x"), Create("y")];
        int[] ports = [.. others.Select(static server => server.Port)];
        await Task.WhenAll(others.Select(server =>
        {
            server.List = ports;
            return server.StartAsync(Bound);
        }));
        await others[0].PutAsync("other", Bound);
        await others[0].StopAsync();
        others[0].List = [.. three.Select(static server => server.Port)];

        await others[0].StartAsync(Bound);

        string told = await others[0].Told.WaitForAsync(static line => line.Contains("3113", StringComparison.Ordinal), Bound);
        Assert.Contains($"belongs to cluster {three[0].Server.Cluster}", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatIsToldOfOneMemberOnly_JoinsItsCluster()
    {
        ServerRig[] three = await BeginAsync(3);
        ServerRig late = Create("late");
        late.Configure = raft =>
        {
            raft.Servers.Clear();
            raft.Servers.Add($"127.0.0.1:{three[0].Port}");
        };

        await late.StartAsync(Bound);

        await late.PutAsync("late", Bound);
        Assert.Equal(three[0].Server.Cluster, late.Server.Cluster);
    }

    [Fact]
    public async Task Server_OfSeveralThatIsToldOfNobody_StaysOneOfThem()
    {
        ServerRig[] three = await BeginAsync(3);
        await three[1].StopAsync();
        three[1].Configure = static raft => raft.Servers.Clear();

        await three[1].StartAsync(Bound);

        await three[1].PutAsync("again", Bound);
        Assert.Equal(three[0].Server.Cluster, three[1].Server.Cluster);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string directory in Directory.GetDirectories(from))
        {
            Copy(directory, Path.Combine(to, Path.GetFileName(directory)));
        }

        foreach (string file in Directory.GetFiles(from).Where(static file => Path.GetFileName(file) != "lock"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
