using Discovery.Protocol;

namespace Discovery.Autopilot;

/// <summary>What the leader changes by itself: Consul's rules, and those for who comes new. Pure.</summary>
/// <remarks>
/// Who comes new is a learner first; a witness is one at once, for its log must never be asked for what it does not keep. Who has the name
/// or the node id of a member that does not answer has lost its disk, and takes that one's place. Learners that stay healthy get a vote.
/// Failed learners go; failed voters only if they are a minority and enough are left.
/// </remarks>
internal sealed class AutopilotRules(AutopilotConfiguration rules, TimeSpan failedAfter)
{
    private readonly List<string> _refusals = [];

    /// <summary>What the rules would not do, though there was reason to.</summary>
    public IReadOnlyList<string> Refusals => _refusals;

    /// <summary>The next change; null when all is as it should be.</summary>
    /// <param name="self">The leader, which is not looked at.</param>
    /// <param name="servers">All servers, in the order of their ids.</param>
    public MemberPlan? Plan(VoterId self, IReadOnlyList<ServerFacts> servers)
    {
        RaftMember[] now = [.. servers.Where(static server => server.Role is not null)
            .Select(static server => new RaftMember(server.Id, server.Role!.Value))];
        return Join(now, servers) ?? Promote(now, servers) ?? Remove(self, now, servers);
    }

    private MemberPlan? Join(RaftMember[] now, IReadOnlyList<ServerFacts> servers)
    {
        List<RaftMember> next = [.. now];
        List<string> reasons = [];
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (ServerFacts newcomer in servers.Where(static server => server is { IsNewcomer: true, IsAlive: true, Role: null }))
        {
            ServerFacts[] before = [.. servers.Where(server => server.Role is not null && AreSame(server, newcomer))];
            if (before.FirstOrDefault(static server => server.IsAlive) is { } rival)
            {
                _refusals.Add($"{newcomer} is not taken in: {rival} has its {(rival.Id.Node == newcomer.Id.Node ? "node id" : "name")}");
            }
            else if (newcomer.IsWitness && now.Count(static member => member.Role == MemberRole.Voter) < Quorum.CopiesWanted)
            {
                _refusals.Add($"{newcomer} waits to be a witness until there are two voters");
            }
            else if (names.Add(newcomer.Name))
            {
                next.RemoveAll(member => before.Any(server => server.Id == member.Id));
                next.Add(new RaftMember(newcomer.Id, newcomer.IsWitness ? MemberRole.Witness : MemberRole.Learner));
                string role = newcomer.IsWitness ? "a witness" : "a learner";
                reasons.Add(before.Length == 0
                    ? $"{newcomer} becomes {role}, for it came new"
                    : $"{newcomer} becomes {role} in the place of {before[0].Id}, whose log it has lost");
            }
        }

        bool canBe = next.Count <= RaftConfiguration.MembersMax && next.Exists(static member => member.Role == MemberRole.Voter);
        return reasons.Count > 0 && canBe ? new MemberPlan(ChangeKind.Join, next, reasons) : null;
    }

    private MemberPlan? Promote(RaftMember[] now, IReadOnlyList<ServerFacts> servers)
    {
        ServerFacts[] ready = [.. servers.Where(server => server is { Role: MemberRole.Learner, IsHealthy: true }
            && server.StableFor >= rules.ServerStabilizationTime)];
        return ready.Length == 0 ? null : new MemberPlan(
            ChangeKind.Promotion,
            [.. now.Select(member => ready.Any(server => server.Id == member.Id) ? member with { Role = MemberRole.Voter } : member)],
            [.. ready.Select(static server =>
                $"{server} becomes a voter, for it has been healthy for {server.StableFor.TotalSeconds:0} s")]);
    }

    private MemberPlan? Remove(VoterId self, RaftMember[] now, IReadOnlyList<ServerFacts> servers)
    {
        if (!rules.CleanupDeadServers)
        {
            return null;
        }

        ServerFacts[] failed = [.. servers.Where(server => server is { Role: not null, IsAlive: false }
            && server.Id != self && server.Silence >= failedAfter)];
        ServerFacts[] voters = [.. failed.Where(static server => server.Role != MemberRole.Learner)];
        int votes = now.Count(static member => member.Votes);
        bool hasWitness = now.Any(static member => member.Role == MemberRole.Witness);
        int copies = now.Count(static member => member.Role == MemberRole.Voter)
            - voters.Count(static server => server.Role == MemberRole.Voter);
        string? why = voters.Length == 0 ? null
            : voters.Length > (votes - 1) / 2 ? $"they are {voters.Length} of {votes} voters"
            : votes - voters.Length < rules.MinQuorum ? $"fewer than {rules.MinQuorum} voters would be left"
            : hasWitness && copies < Quorum.CopiesWanted ? "one copy would be left besides a witness"
            : null;
        if (why is not null)
        {
            string who = string.Join(", ", voters.Select(static server => server.ToString()));
            _refusals.Add($"Failed servers stay members, for {why}: {who}");
            failed = [.. failed.Except(voters)];
        }

        return failed.Length == 0 ? null : new MemberPlan(
            ChangeKind.Removal,
            [.. now.Where(member => failed.All(server => server.Id != member.Id))],
            [.. failed.Select(static server => $"{server} is removed, for it has not answered for {server.Silence.TotalSeconds:0} s")]);
    }

    private static bool AreSame(ServerFacts one, ServerFacts other) => one.Id != other.Id
        && (one.Id.Node == other.Id.Node || string.Equals(one.Name, other.Name, StringComparison.OrdinalIgnoreCase));
}
