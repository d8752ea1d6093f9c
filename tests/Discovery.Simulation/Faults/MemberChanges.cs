using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>Changes who takes part, and replaces those whose disk was lost; never so that a majority is gone for good.</summary>
internal sealed class MemberChanges(World world)
{
    // The latest message comes sooner.
    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(6);

    private readonly Randomness _random = world.Random.Fork();

    public void Change()
    {
        if (world.Leader is not { Core: { } core } leader || core.Configuration.IsJoint)
        {
            return;
        }

        SortedDictionary<int, RaftMember> members = Present(core.Configuration);
        if (_random.Chance(0.2))
        {
            Leave(leader, members);
            return;
        }

        int before = members.Values.Count(static member => member.Role == MemberRole.Voter);
        for (int i = _random.Between(1, 3); i > 0; i--)
        {
            Alter(members);
        }

        RaftMember[] next = [.. members.Values];
        if (next.Count(static member => member.Role == MemberRole.Voter) < 2)
        {
            return;
        }

        ProposeStatus status = leader.ProposeMembers(next);
        if (status == ProposeStatus.Appended)
        {
            world.Coverage.Count("changes of members proposed");
            world.Coverage.Count("promotions", next.Count(static member => member.Role == MemberRole.Voter) > before ? 1 : 0);
        }
        else if (status == ProposeStatus.ChangePending)
        {
            world.Coverage.Count("changes of members refused");
        }
    }

    /// <summary>
    /// Puts those that did not vote in the place of all voters but the leader, and cuts these off: if one majority were enough, both sides
    /// would go on.
    /// </summary>
    public void ChangeAndSplit(TimeSpan time)
    {
        if (world.Leader is not { Core: { } core } leader || core.Configuration.IsJoint)
        {
            return;
        }

        Server[] others = [.. world.FullServers.Where(server => server != leader && server.IsUp && !core.Configuration.Votes(server.Id))];
        if (others.Length == 0)
        {
            return;
        }

        Server[] stay = [leader, .. others];
        if (leader.ProposeMembers([.. stay.Select(static server => new RaftMember(server.Id, MemberRole.Voter))]) == ProposeStatus.Appended)
        {
            world.Coverage.Count("changes of members split");
            world.Faults.Split(server => stay.Contains(server), time);
        }
    }

    /// <summary>Loses a disk, unless with it a majority, or the only electable copy, would be gone.</summary>
    public void WipeWhenSafe(Server victim)
    {
        if (victim.IsWitness || !victim.IsUp)
        {
            return;
        }

        if (IsQuiet())
        {
            Wipe(victim);
            return;
        }

        // A learner may be ahead of all voters by what a leader sent last, and a later majority may need it: what is under way arrives
        // first.
        victim.Crash();
        world.Events.After(s_late, () => Wipe(victim));
    }

    private void Wipe(Server victim)
    {
        bool isSingleCopy = world.Servers.Any(server => server.SingleCopyAt > world.Events.Now - s_late);
        if (!isSingleCopy && world.Servers.All(server => IsSafe(server, victim)))
        {
            victim.Wipe();
        }

        world.Events.After(_random.Milliseconds(10, 3000), victim.StartIfDown);
    }

    // Nobody but voters, and no change of them under way.
    private bool IsQuiet() => world.Servers.All(static server => server.Core is { } core && !core.Configuration.IsJoint
        && core.IsConfigurationCommitted && core.Configuration.Members.All(static member => member.Role != MemberRole.Learner));

    // Those whose identity is gone are left out: that is how they are replaced.
    private SortedDictionary<int, RaftMember> Present(RaftConfiguration configuration)
    {
        var members = new SortedDictionary<int, RaftMember>();
        foreach (RaftMember member in configuration.Members)
        {
            if (world.Find(member.Id) is { } server)
            {
                members[server.Number] = member;
            }
        }

        return members;
    }

    // Two voters, and then the leader leaves: until that is committed both are needed, the leader too.
    private void Leave(Server leader, SortedDictionary<int, RaftMember> members)
    {
        Server? successor = world.FullServers.FirstOrDefault(
            server => server != leader && server.IsUp && members.ContainsKey(server.Number));
        Server? outsider = world.FullServers.FirstOrDefault(server => server != leader && server != successor && server.IsUp);
        if (successor is null || outsider is null)
        {
            return;
        }

        bool isPair = members.Values.Count(static member => member.Role == MemberRole.Voter) == 2
            && members.GetValueOrDefault(successor.Number).Role == MemberRole.Voter;
        leader.ProposeMembers(
            [new RaftMember((isPair ? outsider : leader).Id, MemberRole.Voter), new RaftMember(successor.Id, MemberRole.Voter)]);
    }

    private void Alter(SortedDictionary<int, RaftMember> members)
    {
        Server server = _random.Pick(world.Servers);
        bool isMember = members.TryGetValue(server.Number, out RaftMember member);
        if (isMember && _random.Chance(0.4))
        {
            members.Remove(server.Number);
            return;
        }

        MemberRole role = server.IsWitness ? MemberRole.Witness
            : isMember ? (member.Role == MemberRole.Voter && _random.Chance(0.4) ? MemberRole.Learner : MemberRole.Voter)
            : _random.Chance(0.5) ? MemberRole.Learner : MemberRole.Voter;
        members[server.Number] = new RaftMember(server.Id, role);
    }

    private bool IsSafe(Server server, Server victim)
    {
        IEnumerable<RaftConfiguration> configurations = server.Core is { } core ? [core.Configuration] : [];
        if (server.Disk.View.Snapshot is { } snapshot)
        {
            configurations = configurations.Append(snapshot.Configuration.Configuration);
        }

        foreach (LogEntry entry in server.Disk.View.Entries)
        {
            if (entry.Kind == EntryKind.Configuration && RaftConfiguration.TryDecode(entry.Body.Span, out RaftConfiguration configuration))
            {
                configurations = configurations.Append(configuration);
            }
        }

        return configurations.All(configuration =>
            IsSafe(configuration.Members, victim) && (!configuration.IsJoint || IsSafe(configuration.Before, victim)));
    }

    // A witness is not asked what it has: it must not have what no remaining copy has, or nobody could be elected. But for what it was
    // sent while there was only one copy.
    private bool IsSafe(IReadOnlyCollection<RaftMember> members, Server victim)
    {
        if (!members.Any(member => member.Id == victim.Id))
        {
            return true;
        }

        Server[] left = [.. members.Where(static member => member.Role != MemberRole.Learner)
            .Select(member => world.Find(member.Id)).OfType<Server>().Where(server => server != victim)];
        int voters = members.Count(static member => member.Role != MemberRole.Learner);

        // With the second disk both copies may be gone that an entry needs before a witness is sent it: then the witness is asked, too.
        bool isSecond = members.Any(member => world.Find(member.Id) is null);
        Server[] known = [.. world.Servers.Where(other => !other.IsWitness
            || (isSecond && victim.Disk.View.Last.IsUpToDateWith(other.Disk.View.Last)))];
        return left.Length > voters / 2 && left.Any(server => !server.IsWitness
            && server.Disk.Durable.Last.IsUpToDateWith(world.Watch.SingleCopyLast)
            && known.All(other => other == victim || server.Disk.Durable.Last.IsUpToDateWith(other.Disk.View.Last)));
    }
}
