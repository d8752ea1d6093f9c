namespace Discovery.Simulation;

/// <summary>What goes wrong with whole nodes, and when.</summary>
internal sealed class FullFaults(FullWorld world)
{
    private static readonly string[] s_calls = ["create", "move", "delete", "sync directory", "allocate", "sync", "write"];

    private readonly Randomness _random = world.Random.Fork();
    private readonly NodeChanges _changes = new(world);
    private bool _losesPowerNext;
    private int _bursts;

    public void Begin()
    {
        world.After(TimeSpan.FromSeconds(3), Next);
        _changes.Begin();
    }

    /// <summary>A client was just told that its write is done.</summary>
    public void OnAcknowledged()
    {
        if (_losesPowerNext && !world.IsHealed)
        {
            _losesPowerNext = false;
            world.Coverage.Count("power losses after an acknowledgement");
            LosePower();
        }
    }

    private void Next()
    {
        if (!world.IsHealed)
        {
            world.Coverage.Count("faults");
            Inject();
            world.After(_random.Between(TimeSpan.Zero, world.Options.FaultEvery * 2), Next);
        }
    }

    private void Inject()
    {
        FullNode victim = _random.Chance(0.5) && world.Leader is { } leader ? leader : _random.Pick(world.Nodes);
        TimeSpan time = _random.Chance(0.3) ? _random.Milliseconds(10, 400) : _random.Milliseconds(300, 5000);
        switch (_random.Below(21))
        {
            case 0:
                victim.Kill(time);
                break;
            case 1:
                victim.LosePower(time);
                break;
            case 2:
                _losesPowerNext = true;
                break;
            case 3:
                victim.Stop(time);
                break;
            case 4 or 5:
                victim.Disk.CrashAt = victim.Disk.Calls + 1 + _random.Below(_random.Chance(0.5) ? 5 : 60);
                victim.Disk.CrashesAfterCall = _random.Chance(0.5);
                break;
            case 6:
                victim.Disk.CrashOn = _random.Pick(s_calls);
                victim.Disk.CrashesAfterCall = _random.Chance(0.5);
                break;
            case 7 or 8:
                AskWhileItMayBeDeposed(victim);
                Isolate(victim, time, isInward: true, isOutward: true);
                break;
            case 9:
                Isolate(victim, time, isInward: _random.Chance(0.5), isOutward: false);
                break;
            case 10:
                Split(time);
                break;
            case 11:
                CutOnePair(victim, time);
                break;
            case 12:
                Stall(victim, time);
                break;
            case 13:
                victim.Disk.FailSyncAt = victim.Disk.Syncs + 1 + _random.Below(4);
                world.Coverage.Count("syncs that fail");
                break;
            case 14:
                FillUp(victim, time);
                break;
            case 15 or 16:
                AskWhileItMayBeDeposed(victim);
                Suspend(victim, time);
                break;
            case 17:
                SetClocks(victim);
                break;
            case 18:
                _changes.HandOver(victim);
                break;
            case 19:
                FallBehind(victim, time);
                break;
            default:
                SlowDown(victim, time);
                break;
        }
    }

    private void LosePower()
    {
        foreach (FullNode node in world.Nodes)
        {
            node.LosePower(_random.Milliseconds(1, 1500));
        }
    }

    /// <summary>Cuts a node off from all others.</summary>
    public void Isolate(FullNode node, TimeSpan time, bool isInward, bool isOutward)
    {
        isOutward |= !isInward;
        world.Coverage.Count(isInward && isOutward ? "full partitions" : "one-way partitions");
        foreach (FullNode other in world.Nodes)
        {
            if (other != node && isInward)
            {
                CutFor(other, node, time);
            }

            if (other != node && isOutward)
            {
                CutFor(node, other, time);
            }
        }
    }

    private void Split(TimeSpan time)
    {
        world.Coverage.Count("full partitions");
        bool[] sides = [.. world.Nodes.Select(_ => _random.Chance(0.5))];
        foreach (FullNode from in world.Nodes)
        {
            foreach (FullNode to in world.Nodes)
            {
                if (sides[from.Number] != sides[to.Number])
                {
                    CutFor(from, to, time);
                }
            }
        }
    }

    private void CutOnePair(FullNode node, TimeSpan time)
    {
        FullNode other = _random.Pick(world.Nodes);
        if (other != node)
        {
            world.Coverage.Count("partial partitions");
            CutFor(node, other, time);
            CutFor(other, node, time);
        }
    }

    private void CutFor(FullNode from, FullNode to, TimeSpan time)
    {
        world.Trace.Line($"{from.Name} -> {to.Name} is cut for {time.TotalMilliseconds} ms");
        world.Links.Cut(from.Number, to.Number);
        world.After(time, () => world.Links.Join(from.Number, to.Number));
    }

    private void Stall(FullNode node, TimeSpan time)
    {
        world.Coverage.Count("disk stalls");
        TimeSpan stall = node.Disk.SyncStall = _random.Chance(0.5) ? TimeSpan.FromSeconds(30) : time;
        node.StalledUntil = world.Now + time + stall;
        world.After(time, () => node.Disk.SyncStall = TimeSpan.Zero);
    }

    private void FillUp(FullNode node, TimeSpan time)
    {
        world.Coverage.Count("full disks");
        node.Disk.RoomBytes = _random.Below(40_000);
        world.After(time, () => node.Disk.RoomBytes = long.MaxValue / 2);
    }

    private void Suspend(FullNode node, TimeSpan time)
    {
        if (node.Life is { IsAlive: true, IsSuspended: false } life)
        {
            world.Coverage.Count("processes suspended");
            world.Trace.Line($"{node.Name} is suspended for {time.TotalMilliseconds} ms");
            life.Suspend(world.Options.ClocksStop && _random.Chance(0.5));
            world.After(time, life.Resume);
        }
    }

    private void SetClocks(FullNode node)
    {
        if (node.Life is { IsAlive: true } life)
        {
            world.Coverage.Count("clock changes");
            life.Clock.JumpWall(_random.Milliseconds(-100_000, 100_000));
            if (world.Options.ClocksDrift)
            {
                life.Clock.SetRate(_random.Between(950, 1050) / 1000.0);
            }
        }
    }

    private void SlowDown(FullNode node, TimeSpan time)
    {
        world.Coverage.Count("slow links");
        world.Links.Slow(node.Number, _random.Milliseconds(5, 400));
        world.After(time, () => world.Links.Slow(node.Number, TimeSpan.Zero));
    }

    private void FallBehind(FullNode node, TimeSpan time)
    {
        world.Coverage.Count("nodes behind with reading");
        world.Links.FallBehind(node, isBehind: true);
        world.After(time, () => world.Links.FallBehind(node, isBehind: false));
    }

    // Some read from a leader that may have a successor already, while others write wherever they can.
    private void AskWhileItMayBeDeposed(FullNode node)
    {
        if (node.IsLeader)
        {
            foreach (FullNode one in world.Nodes.Where(static one => one.IsReady))
            {
                NodeLife life = one.Life!;
                var client = new FullClient(world, life, 10_000 + _bursts++, isBurst: true);
                _ = life.Runtime.Start(() => world.GuardAsync(life, client.RunAsync));
            }
        }
    }
}
