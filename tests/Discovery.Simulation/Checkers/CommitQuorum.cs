using System.Collections.Immutable;
using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>
/// What a leader takes for committed is synced on a majority, and with a witness on two full copies unless the leader says
/// so.
/// </summary>
internal sealed class CommitQuorum(World world)
{
    public void OnCommit(Server server)
    {
        RaftCore core = server.Core!;
        ulong term = core.DescribeSnapshot(core.Commit).Last.Term;
        if (term != core.Term)
        {
            // Restarted state that was committed earlier, or an entry of an older term at the very end, which is never counted.
            throw new SimulationFailure(
                nameof(CommitQuorum), $"s{server.Number} leads in term {core.Term} and commits up to an entry of term {term}");
        }

        var position = new LogPosition(core.Commit, term);
        RaftConfiguration configuration = core.Configuration;
        Require(server, position, configuration.Members);
        if (configuration.IsJoint)
        {
            Require(server, position, configuration.Before);
        }
    }

    private void Require(Server leader, LogPosition position, ImmutableArray<RaftMember> members)
    {
        RaftMember[] voters = [.. members.Where(static member => member.Role != MemberRole.Learner)];
        int holding = voters.Count(member => Has(member.Id, position));
        if (holding <= voters.Length / 2)
        {
            throw new SimulationFailure(
                nameof(CommitQuorum),
                $"s{leader.Number} commits {Describe.At(position)}, which is synced on {holding} of {voters.Length} voters");
        }

        bool hasWitness = voters.Any(static member => member.Role == MemberRole.Witness);
        int copies = voters.Count(member => member.Role == MemberRole.Voter && Has(member.Id, position));
        if (hasWitness && copies < 2 && !leader.Core!.IsSingleCopy)
        {
            throw new SimulationFailure(nameof(CommitQuorum), $"{Describe.At(position)} is committed with {copies} full copies");
        }
    }

    // A disk that was lost may have had it.
    private bool Has(VoterId id, LogPosition position) => world.Find(id) is not { } server || server.Disk.Durable.Holds(position);
}
