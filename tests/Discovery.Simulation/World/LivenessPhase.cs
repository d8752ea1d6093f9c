using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>All faults end: then a leader must come, go on committing, and bring every member up to date, in bounded time.</summary>
internal sealed class LivenessPhase(World world)
{
    private static readonly TimeSpan s_leaderWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_caughtUpWithin = TimeSpan.FromSeconds(30);

    public void Run()
    {
        world.Trace.Line($"all faults end");
        world.Faults.End();
        world.Network.Heal();
        foreach (Server server in world.Servers)
        {
            server.Disk.EndStall();
            server.Resume();
            server.CrashAfter(CrashTrigger.None);
            server.StartIfDown();
        }

        long before = world.Coverage["acknowledged writes"];
        Await(s_leaderWithin, IsLed, "Liveness", "no leader has committed an entry of its own term");
        Await(s_leaderWithin, () => world.Coverage["acknowledged writes"] >= before + 3, "Liveness", "writes are not acknowledged");
        foreach (Client client in world.Clients)
        {
            client.End();
        }

        Await(s_caughtUpWithin, HasCaughtUp, "Liveness", "members have not caught up");
        world.Coverage.Count("catch-ups in the liveness phase");
    }

    private void Await(TimeSpan within, Func<bool> isTrue, string checker, string message)
    {
        TimeSpan end = world.Events.Now + within;
        while (!isTrue())
        {
            if (world.Events.Now >= end)
            {
                throw new SimulationFailure(checker, $"{message} after {within.TotalSeconds} s; {State()}");
            }

            world.Events.RunUntil(world.Events.Now + TimeSpan.FromMilliseconds(100));
        }
    }

    private bool IsLed() =>
        world.Leader is { Core: { } core } && core.IsConfigurationCommitted && !core.Configuration.IsJoint
        && core.Configuration.MayLead(core.Self) && core.Commit == core.Last.Index
        && world.Watch.Commits.TermOf(core.Commit) == core.Term;

    private bool HasCaughtUp()
    {
        if (!IsLed())
        {
            return false;
        }

        RaftCore leader = world.Leader!.Core!;
        return leader.Configuration.Everybody().All(id => world.Find(id) is not { } server
            || (server.Core is { } core && core.Last == leader.Last && core.Commit == leader.Commit
                && server.Registers.Last == leader.Last));
    }

    private string State() => string.Join(
        "; ",
        world.Servers.Select(server => server.Core is { } core
            ? $"s{server.Number} {core.Role} t{core.Term} {Describe.At(core.Start)}..{Describe.At(core.Last)} commit {core.Commit} "
                + $"applied {server.Registers.Last.Index} " + Describe.Members(world, core.Configuration)
            : $"s{server.Number} down"));
}
