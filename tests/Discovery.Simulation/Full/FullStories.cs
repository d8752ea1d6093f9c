using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>
/// Faults that come one after another as a bug would need them. A part of the seeds has some, with times that are drawn, among all others.
/// </summary>
internal sealed class FullStories(FullWorld world, ulong seed)
{
    private static readonly Story[] s_stories = [Story.OldOffice, Story.LateAnswer, Story.FallenBehind, Story.TwoSenders];

    // Of its own, so that seeds without stories are as they would be if there were none.
    private readonly Randomness _random = new(seed * 0xD1342543DE82EF95 + 3);
    private Story _next;
    private FullNode? _behind;

    private enum Story
    {
        None,

        /// <summary>Who leads and holds the lock is cut off and asleep until others have a leader.</summary>
        OldOffice,

        /// <summary>A holder sleeps between his renewal and its answer, and is cut off once he has that.</summary>
        LateAnswer,

        /// <summary>A holder's node gets heartbeats and answers and nothing that is long, and the lock is taken away from him.</summary>
        FallenBehind,

        /// <summary>Two leaders, or one twice, send a snapshot to a node that takes it slowly.</summary>
        TwoSenders,
    }

    public void Begin()
    {
        if (world.Options.HasStories)
        {
            world.After(_random.Milliseconds(3_000, 8_000), Next);
        }
    }

    /// <summary>A holder is about to renew his lease.</summary>
    public void OnRenewal(NodeLife life)
    {
        Action<NodeLife>? tell = (_next, life.Node.IsLeader) switch
        {
            (Story.OldOffice, true) => LeadOn,
            (Story.LateAnswer, _) => AnswerLate,
            (Story.FallenBehind, false) => FallBehind,
            _ => null,
        };
        if (tell is not null && !world.IsHealed)
        {
            world.Coverage.Count($"stories of {_next}");
            world.Trace.Line($"{life.Node.Name} is in a story of {_next}");
            _next = Story.None;
            tell(life);
        }
    }

    /// <summary>A leader begins to send a snapshot.</summary>
    public void OnSnapshot(FullNode from, FullNode to)
    {
        if (to == _behind && !world.IsHealed)
        {
            _behind = null;
            world.Coverage.Count($"stories of {Story.TwoSenders}");
            world.After(_random.Milliseconds(1, 60), () => HandOver(from, VoterId.None));
            world.After(_random.Milliseconds(100, 500), () =>
            {
                if (world.Leader is { } other && other != from)
                {
                    HandOver(other, from.Id);
                }
            });
        }
    }

    private void Next()
    {
        if (!world.IsHealed)
        {
            _next = _random.Pick(s_stories);
            if (_next == Story.TwoSenders && _random.Pick(world.Nodes) is { IsReady: true, IsLeader: false } node)
            {
                LeaveBehind(node);
            }

            world.After(_random.Milliseconds(5_000, 10_000), Next);
        }
    }

    private void LeadOn(NodeLife life) => world.After(_random.Milliseconds(1, 500), () =>
    {
        TimeSpan asleep = _random.Milliseconds(1200, 2100);
        world.Faults.Isolate(life.Node, asleep + _random.Milliseconds(3_000, 5_000), isInward: true, isOutward: true);
        Sleep(life, asleep);
    });

    private void AnswerLate(NodeLife life) => world.After(_random.Milliseconds(0, 5), () =>
    {
        // One that leads has heard from the others when they are cut off; another asks his leader once more when he wakes up.
        TimeSpan asleep = _random.Milliseconds(500, 2200);
        TimeSpan until = life.Node.IsLeader ? _random.Milliseconds(20, 200) : asleep + _random.Milliseconds(20, 200);
        Sleep(life, asleep);
        world.After(until, () => world.Faults.Isolate(
            life.Node, asleep + _random.Milliseconds(3_000, 5_000), isInward: true, isOutward: true));
    });

    private void FallBehind(NodeLife life)
    {
        world.Links.LoseBulk(life.Node.Number, isLost: true);
        world.After(_random.Milliseconds(6_000, 12_000), () => world.Links.LoseBulk(life.Node.Number, isLost: false));
        world.After(_random.Milliseconds(0, 500), () =>
        {
            if (world.Leader is { Life: { } other } leader && leader != life.Node)
            {
                _ = other.Runtime.Start(() => world.GuardAsync(other, new LockUser(world, other).TakeAsync));
            }
        });
    }

    private void LeaveBehind(FullNode node)
    {
        _behind = node;
        TimeSpan end = world.Now + TimeSpan.FromSeconds(12);
        TimeSpan step = TimeSpan.FromMilliseconds(300);
        world.Links.SlowSnapshots(node.Number, _random.Milliseconds(600, 1500));
        world.After(TimeSpan.FromSeconds(20), () => world.Links.SlowSnapshots(node.Number, TimeSpan.Zero));
        CutWhileItIsReached();

        void CutWhileItIsReached()
        {
            bool isReached = node.Life?.Entries is { } mine && world.Leader?.Life?.Entries is { } other
                && mine.Last.Index >= other.Start.Index;
            if (isReached && world.Now < end && !world.IsHealed)
            {
                world.Faults.Isolate(node, step, isInward: true, isOutward: true);
                world.After(step, CutWhileItIsReached);
            }
        }
    }

    private void Sleep(NodeLife life, TimeSpan time)
    {
        if (life is { IsAlive: true, IsSuspended: false })
        {
            world.Trace.Line($"{life.Node.Name} is suspended for {time.TotalMilliseconds} ms");
            life.Suspend(stopsClock: false);
            world.After(time, life.Resume);
        }
    }

    private void HandOver(FullNode from, VoterId to)
    {
        if (from is { IsLeader: true, Life: { } life })
        {
            _ = life.Runtime.Start(() => world.GuardAsync(
                life, () => life.Driver!.CallAsync((core, now) => core.TransferLeadership(to, now), life.Stopping)));
        }
    }
}
