using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>At most one leader in a term (the paper's figure 3), and only a full voter.</summary>
internal sealed class ElectionSafety(World world)
{
    private readonly Dictionary<ulong, VoterId> _leaders = [];

    public void OnElected(Server server)
    {
        RaftCore core = server.Core!;
        if (_leaders.TryGetValue(core.Term, out VoterId other) && other != server.Id)
        {
            throw new SimulationFailure(
                nameof(ElectionSafety),
                $"{Describe.Id(world, other)} and s{server.Number} both lead in term {core.Term}");
        }

        _leaders[core.Term] = server.Id;
        if (server.IsWitness || !WasVoter(server, core))
        {
            throw new SimulationFailure(nameof(ElectionSafety), $"s{server.Number} leads in term {core.Term} and is no full voter");
        }
    }

    // A configuration that is not known to be committed may already leave the leader out.
    private static bool WasVoter(Server server, RaftCore core)
    {
        var voter = new RaftMember(server.Id, MemberRole.Voter);
        ulong index = core.Last.Index;
        ConfigurationEntry known = core.DescribeSnapshot(index).Configuration;
        while (!known.Configuration.Members.Concat(known.Configuration.Before).Contains(voter))
        {
            if (known.Index <= core.Commit || known.Index <= core.Start.Index)
            {
                return false;
            }

            known = core.DescribeSnapshot(known.Index - 1).Configuration;
        }

        return true;
    }
}
