using System.Globalization;
using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>
/// All faults end: then a leader must come, writes go through everywhere, everybody catch up, watchers and locks come to rest, in time.
/// </summary>
internal sealed class FullLiveness(FullWorld world)
{
    private static readonly TimeSpan s_stallsWithin = TimeSpan.FromSeconds(36);
    private static readonly TimeSpan s_leaderWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_writesWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_restWithin = TimeSpan.FromSeconds(60);

    private readonly List<(FullNode Node, Task Task)> _probes = [];

    public async Task RunAsync()
    {
        world.Heal();
        foreach (FullNode node in world.Nodes)
        {
            (node.Disk.SyncStall, node.Disk.RoomBytes) = (TimeSpan.Zero, long.MaxValue / 2);
            node.Disk.FailSyncAt = node.Disk.CrashAt = int.MaxValue;
            node.Disk.CrashOn = null;
            if (node.Life is { IsAlive: true, IsSuspended: true } life)
            {
                life.Resume();
            }

            node.Start();
        }

        // A sync that began before ends when it would have.
        await MustAsync(s_stallsWithin, () => world.Nodes.All(node => node.StalledUntil <= world.Now), "a disk is stalled");
        await MustAsync(s_leaderWithin, IsLed, "no leader in office");
        Probe((client, _) => WriteAsync(client));
        await MustAsync(s_writesWithin, HaveEnded, "writes are not acknowledged");
        world.End();
        await MustAsync(s_restWithin, AreAtRest, "the cluster does not come to rest");
        await MustAsync(s_writesWithin, HaveSeen, "a watcher was not told of everything");
        Probe((client, _) => ReadAsync(client));
        await MustAsync(s_writesWithin, HaveEnded, "reads are not answered");
        CheckLogs();
        world.Coverage.Count("catch-ups in the liveness phase");
        Probe(static (_, life) => life.StopAsync());
        await MustAsync(s_writesWithin, HaveEnded, "nodes do not stop");
    }

    private bool IsLed() => world.Leader is not null && Present().All(static node => node.IsReady);

    private IEnumerable<FullNode> Present() => world.Nodes.Where(static node => !node.HasRefused);

    private void Probe(Func<FullClient, NodeLife, Task> ask)
    {
        _probes.Clear();
        foreach (FullNode node in Present())
        {
            NodeLife life = node.Life!;
            var client = new FullClient(world, life, 20_000 + node.Number);
            Task probe = life.Runtime.Start(() => world.GuardAsync(life, () => ask(client, life)));
            _probes.Add((node, probe));
        }
    }

    private bool HaveEnded() => _probes.TrueForAll(static probe => probe.Task.IsCompleted);

    private static async Task WriteAsync(FullClient client)
    {
        while (!await client.WriteAsync("r/0"))
        {
        }
    }

    private async Task ReadAsync(FullClient client)
    {
        for (int key = 0; key < world.Options.Keys; key++)
        {
            await client.ReadLastAsync(string.Create(CultureInfo.InvariantCulture, $"r/{key}"));
        }
    }

    private bool AreAtRest()
    {
        if (world.Leader is not { } leader || !Present().All(static node => node.IsReady))
        {
            return false;
        }

        StateSnapshot state = leader.Life!.State.Current;
        LogPosition last = leader.Life.Entries!.Last;
        return state.Count(leader.Life.Module.Sessions.Sessions) == 0
            && state.Count(leader.Life.Module.Locks.Waiters) == 0
            && state.Count(leader.Life.Module.Locks.Delays) == 0
            && state.Index == world.Applied.Last
            && Present().All(node => node.Life!.State.Current.Index == state.Index && node.Life.Entries!.Last == last);
    }

    private bool HaveSeen() => world.Watchers.All(watcher => watcher.HasSeen(world.Applied.Last));

    private void CheckLogs()
    {
        foreach (FullNode node in Present())
        {
            List<LogEntry> entries = [];
            Storage.LogStore log = node.Life!.Entries!;
            LogPosition before = log.Start;
            log.Read(before.Index + 1, log.Last.Index, long.MaxValue, entries);
            foreach (LogEntry entry in entries)
            {
                world.Leaders.Check(node, before, entry);
                before = new LogPosition(entry.Index, entry.Term);
            }

            if (before != log.Last)
            {
                world.Fail(nameof(LogMatching), $"{node.Name} has a log up to {log.Last}, and reads it up to {before}");
            }
        }
    }

    private async Task MustAsync(TimeSpan within, Func<bool> isTrue, string message)
    {
        if (!await world.AwaitAsync(within, isTrue))
        {
            throw new SimulationFailure("Liveness", $"{message} after {within.TotalSeconds} s; {State()}");
        }
    }

    private string State() => string.Join(
        "; ",
        world.Nodes.Select(static node => node.IsReady
            ? $"{node.Name} {(node.IsLeader ? "leads" : "follows")} t{node.Life!.Log.Leadership.Term} "
                + $"log {node.Life.Entries!.Start.Index}..{node.Life.Entries.Last.Index} state {node.Life.State.Current.Index} "
                + $"sessions {node.Life.State.Current.Count(node.Life.Module.Sessions.Sessions)}"
            : $"{node.Name} {(node.HasRefused ? "refused" : node.IsUp ? "starting" : "down")}"));
}
