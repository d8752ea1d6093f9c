using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>What goes wrong, and when.</summary>
internal sealed class Faults(World world)
{
    private readonly Randomness _random = world.Random.Fork();
    private readonly MemberChanges _members = new(world);
    private int _bursts;
    private bool _isolatesNext;
    private bool _isOver;

    public void Begin()
    {
        world.Events.After(TimeSpan.FromSeconds(2), Next);
        if (world.Options.MembersChange)
        {
            world.Events.After(TimeSpan.FromSeconds(4), ChangeMembers);
        }
    }

    public void End() => _isOver = true;

    /// <summary>A leader was elected, and has told nobody yet.</summary>
    public void OnElected(Server server)
    {
        if (_isolatesNext && !_isOver)
        {
            _isolatesNext = false;
            Isolate(server, _random.Milliseconds(300, 1500), isInward: _random.Chance(0.5), isOutward: true);
        }
    }

    /// <summary>A leader has the configuration without it, and has told nobody yet.</summary>
    public void OnLeaving(Server server)
    {
        if (!_isOver && _random.Chance(0.3))
        {
            world.Coverage.Count("leaders cut off while they leave");
            Isolate(server, _random.Milliseconds(500, 2000), isInward: false, isOutward: true);
        }
    }

    private void Next()
    {
        if (_isOver)
        {
            return;
        }

        world.Coverage.Count("faults");
        Inject();
        world.Events.After(_random.Between(TimeSpan.Zero, world.Options.FaultEvery * 2), Next);
    }

    private void ChangeMembers()
    {
        if (!_isOver)
        {
            _members.Change();
            world.Events.After(_random.Milliseconds(200, 8000), ChangeMembers);
        }
    }

    private void Inject()
    {
        Server victim = _random.Chance(0.5) && world.Leader is { } leader ? leader : _random.Pick(world.Servers);
        TimeSpan time = _random.Chance(0.3) ? _random.Milliseconds(10, 400) : _random.Milliseconds(300, 5000);
        switch (_random.Below(20))
        {
            case 0:
                Restart(victim, time);
                break;
            case 1:
                victim.CrashAfter((CrashTrigger)_random.Between((int)CrashTrigger.StateWrite, (int)CrashTrigger.Install));
                break;
            case 2 or 17 or 18 or 19:
                DisturbElection(time);
                break;
            case 3:
                LosePower();
                break;
            case 4:
                AskWhileItMayBeDeposed(victim, time);
                Isolate(victim, time, isInward: true, isOutward: true);
                break;
            case 5:
                Isolate(victim, time, isInward: _random.Chance(0.5), isOutward: false);
                break;
            case 6:
                Split(_ => _random.Chance(0.5), time);
                break;
            case 7:
                CutOnePair(victim, time);
                break;
            case 8:
                world.Coverage.Count("disk stalls");
                victim.Disk.Stall(world.Events.Now + (_random.Chance(0.5) ? TimeSpan.FromSeconds(30) : time));
                break;
            case 9 or 10:
                AskWhileItMayBeDeposed(victim, time);
                victim.Suspend(time, world.Options.ClocksStop && _random.Chance(0.5));
                break;
            case 11:
                SetClock(victim);
                break;
            case 12:
                victim.Transfer(VoterId.None);
                break;
            case 13:
                TransferAndIsolate(time);
                break;
            case 14:
                _members.WipeWhenSafe(victim);
                break;
            case 16 when world.Options.HasWitness:
                _members.WipeWhenSafe(world.Leader ?? victim);
                break;
            case 15 when world.Options.MembersChange:
                _members.ChangeAndSplit(time);
                break;
            default:
                SlowDown(victim, time);
                break;
        }
    }

    private void Restart(Server server, TimeSpan time)
    {
        server.Crash();
        world.Events.After(time, server.StartIfDown);
    }

    // The leader goes away, and those that vote for the next crash around the moment when their votes reach the disk.
    private void DisturbElection(TimeSpan time)
    {
        world.Network.VotesLateUntil = world.Events.Now + TimeSpan.FromSeconds(3);
        _isolatesNext = _random.Chance(0.7);

        // It must be back in time to vote, or in many a cluster there is nobody whose two votes would make two leaders.
        Server? leader = world.Leader;
        if (leader is not null && _random.Chance(0.5))
        {
            Restart(leader, _random.Milliseconds(1, 50));
        }
        else if (leader is not null)
        {
            Isolate(leader, _random.Chance(0.6) ? _random.Milliseconds(350, 600) : time, isInward: true, isOutward: true);
        }

        foreach (Server server in world.Servers)
        {
            if (_random.Chance(0.8))
            {
                server.CrashAfter(_random.Chance(0.2) ? CrashTrigger.StateWrite : CrashTrigger.VoteSent);
            }
        }
    }

    private void LosePower()
    {
        world.Coverage.Count("power losses");
        foreach (Server server in world.Servers)
        {
            Restart(server, _random.Milliseconds(1, 1500));
        }
    }

    private void Isolate(Server server, TimeSpan time, bool isInward, bool isOutward)
    {
        isOutward |= !isInward;
        world.Coverage.Count(isInward && isOutward ? "full partitions" : "one-way partitions");
        foreach (Server other in world.Servers)
        {
            if (other != server && isInward)
            {
                CutFor(other, server, time);
            }

            if (other != server && isOutward)
            {
                CutFor(server, other, time);
            }
        }
    }

    /// <summary>Cuts all links between two halves.</summary>
    public void Split(Func<Server, bool> isOnOneSide, TimeSpan time)
    {
        world.Coverage.Count("full partitions");
        bool[] sides = [.. world.Servers.Select(isOnOneSide)];
        foreach (Server from in world.Servers)
        {
            foreach (Server to in world.Servers)
            {
                if (sides[from.Number] != sides[to.Number])
                {
                    CutFor(from, to, time);
                }
            }
        }
    }

    private void CutOnePair(Server server, TimeSpan time)
    {
        Server other = _random.Pick(world.Servers);
        if (other != server)
        {
            world.Coverage.Count("partial partitions");
            CutFor(server, other, time);
            CutFor(other, server, time);
        }
    }

    private void CutFor(Server from, Server to, TimeSpan time)
    {
        world.Trace.Line($"s{from.Number}->s{to.Number} is cut for {time.TotalMilliseconds} ms");
        world.Network.Cut(from.Number, to.Number);
        world.Events.After(time, () => world.Network.Join(from.Number, to.Number));
    }

    private void SetClock(Server server)
    {
        if (world.Options.ClocksDrift)
        {
            world.Coverage.Count("clock changes");
            server.SetClockRate(_random.Between(950, 1050) / 1000.0);
        }
    }

    // The one that hands over must not go on believing that it leads.
    private void TransferAndIsolate(TimeSpan time)
    {
        if (world.Leader is { } leader)
        {
            leader.Transfer(VoterId.None);
            AskWhileItMayBeDeposed(leader, TimeSpan.FromMilliseconds(600));
            world.Events.After(_random.Milliseconds(0.2, 30), () => Isolate(leader, time, isInward: true, isOutward: _random.Chance(0.5)));
        }
    }

    // Some read from a leader that may have a successor already, while others write wherever they can.
    private void AskWhileItMayBeDeposed(Server server, TimeSpan time)
    {
        if (server.IsLeader)
        {
            TimeSpan until = world.Events.Now + time + TimeSpan.FromMilliseconds(100);
            new Client(world, 100 + _bursts++, server, until).Begin();
            new Client(world, 100 + _bursts++, server, until).Begin();
            new Client(world, 100 + _bursts++, null, until).Begin();
        }
    }

    private void SlowDown(Server server, TimeSpan time)
    {
        world.Coverage.Count("slow links");
        world.Network.Slow(server.Number, _random.Milliseconds(5, 400));
        world.Events.After(time, () => world.Network.Slow(server.Number, TimeSpan.Zero));
    }
}
