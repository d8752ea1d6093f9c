using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>Disks are damaged; and what an operator does: nodes replaced and demoted, leadership handed over, states restored.</summary>
internal sealed class NodeChanges(FullWorld world)
{
    private readonly Randomness _random = world.Random.Fork();
    private byte[]? _saved;
    private bool _damagesNext;

    public void Begin()
    {
        if (world.Options.DamagesDisks)
        {
            world.After(_random.Milliseconds(10_000, 60_000), () => _damagesNext = true);
        }

        if (world.Options.Restores)
        {
            world.After(_random.Milliseconds(5_000, 20_000), Restore);
        }

        world.After(_random.Milliseconds(5_000, 15_000), Change);
    }

    /// <summary>Asks a node to hand leadership over.</summary>
    public void HandOver(FullNode node)
    {
        if (node.IsLeader)
        {
            world.Coverage.Count("hand-overs asked");
            NodeLife life = node.Life!;
            _ = life.Runtime.Start(() => world.GuardAsync(
                life, () => life.Driver!.CallAsync(static (core, now) => core.TransferLeadership(VoterId.None, now), life.Stopping)));
        }
    }

    // Of all copies only one is ever damaged, and only what is surely on the disk: a segment that has a successor, or a snapshot.
    private void Damage()
    {
        // A leader that was suspended may have asked for it more than once.
        if (!_damagesNext || !IsWhole)
        {
            return;
        }

        FullNode node = _random.Pick(world.Nodes);
        string[] segments = [.. node.Disk.Paths.Where(static path => path.EndsWith(".log", StringComparison.Ordinal)).Order().SkipLast(2)];
        string[] snapshots = [.. node.Disk.Paths.Where(static path => path.EndsWith(".snapshot", StringComparison.Ordinal))];

        // Without a segment there is no going on; the log may reach back to another snapshot.
        string[] files = _random.Chance(0.7) ? segments : snapshots;
        if (files.Length == 0)
        {
            return;
        }

        _damagesNext = false;
        string file = _random.Pick(files);
        byte[] bytes = node.Disk.Peek(file);
        int at = _random.Below(bytes.Length);
        bytes[at] ^= (byte)(1 << _random.Below(8));
        node.LosePower(_random.Milliseconds(1, 1000));
        if (node.Disk.Paths.Contains(file))
        {
            bool isReplaced = _random.Chance(0.6);
            world.After(_random.Milliseconds(5_000, 30_000), () =>
            {
                if (isReplaced && node.HasRefused)
                {
                    node.Replace();
                }
            });
            world.Coverage.Count("disks damaged");
            world.Trace.Line($"{node.Name} has {file} damaged at {at}");
            node.IsDamaged = true;
            node.Disk.Plant(file, bytes);
        }
    }

    private void Restore()
    {
        if (!world.IsHealed && _random.Pick(world.Nodes) is { IsReady: true } node)
        {
            NodeLife life = node.Life!;
            if (_saved is null || _random.Chance(0.3))
            {
                var output = new MemoryStream();
                life.State.WriteSnapshot(output);
                _saved = output.ToArray();
            }
            else
            {
                _ = life.Runtime.Start(() => world.GuardAsync(life, () => RestoreAsync(life, _saved)));
            }
        }

        world.After(_random.Milliseconds(2_000, 15_000), Restore);
    }

    private async Task RestoreAsync(NodeLife life, byte[] saved)
    {
        ProposalResult result = await life.Log.RestoreAsync(new MemoryStream(saved), life.NewId());
        world.Coverage.Count(result.Outcome == ProposalOutcome.Applied ? "states restored" : "restores not known to be done");
    }

    private void Change()
    {
        if (world.Leader is { } leader)
        {
            NodeLife life = leader.Life!;
            _ = life.Runtime.Start(() => world.GuardAsync(life, () => ChangeAsync(life)));
        }

        if (!world.IsOver)
        {
            world.After(_random.Milliseconds(500, world.IsHealed ? 1500 : 8000), Change);
        }
    }

    // A node that was replaced becomes a learner in place of what it was, and a voter once it has caught up.
    private async Task ChangeAsync(NodeLife life)
    {
        try
        {
            await life.Driver!.CallAsync(
                (core, now) =>
                {
                    if (Next(core) is { } members)
                    {
                        ProposeStatus status = core.ProposeMembers(members, now, out _);
                        world.Coverage.Count("changes of members", status == ProposeStatus.Appended ? 1 : 0);
                    }

                    return true;
                },
                life.Stopping);
        }
        catch (OperationCanceledException)
        {
            // It stops.
        }
    }

    private List<RaftMember>? Next(RaftCore core)
    {
        List<RaftMember> members = [.. core.Configuration.Members];
        int gone = members.FindIndex(member => world.Find(member.Id) is null);
        if (gone >= 0)
        {
            // Its place is taken by the node that it was, with another disk.
            FullNode node = world.Nodes.First(node => node.Id.Node == members[gone].Id.Node);
            members[gone] = new RaftMember(node.Id, MemberRole.Learner);
            return members;
        }

        int learner = members.FindIndex(static member => member.Role == MemberRole.Learner);
        if (learner >= 0)
        {
            if (members[learner].Id is var id && id != core.Self
                && (core.DescribePeer(id) is not { Silence: { } silence } peer
                    || silence >= world.Options.Core.ElectionTimeout || peer.Match.Index + 20 < core.Last.Index))
            {
                return null;
            }

            world.Coverage.Count("promotions");
            members[learner] = members[learner] with { Role = MemberRole.Voter };
            return members;
        }

        // No protocol goes on when a disk is lost for good in the middle of a change, or a second one.
        bool isChanging = core.Configuration.IsJoint || !core.IsConfigurationCommitted;
        if (world.IsHealed || !IsWhole || isChanging)
        {
            return null;
        }

        if (_damagesNext)
        {
            world.After(TimeSpan.Zero, Damage);
            return null;
        }

        return world.Options.MembersChange && _random.Chance(0.4) ? Disturb(members) : null;
    }

    private bool IsWhole => world.Nodes.All(static node => node is { IsReady: true, IsDamaged: false });

    private List<RaftMember>? Disturb(List<RaftMember> members)
    {
        int one = _random.Below(members.Count);
        FullNode node = world.Find(members[one].Id)!;
        if (node.IsLeader)
        {
            return null;
        }

        if (_random.Chance(0.4))
        {
            // A leader that was suspended may have been asked for more than one change, and is for all of them now.
            world.After(TimeSpan.Zero, () =>
            {
                if (IsWhole)
                {
                    node.Replace();
                }
            });
            return null;
        }

        world.Coverage.Count("demotions");
        members[one] = members[one] with { Role = MemberRole.Learner };
        return members;
    }
}
