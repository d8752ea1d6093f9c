using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>A question of a forming cluster, or the answer to it; the answer is also what a server must not forget of it.</summary>
/// <param name="Step">What is asked.</param>
/// <param name="Ballot">The attempt that asks; of an answer the highest that was promised.</param>
/// <param name="Accepted">Of an answer: the attempt whose members were accepted last.</param>
/// <param name="Members">The members that are to be accepted, or were.</param>
internal sealed record FormationVote(FormationStep Step, Ballot Ballot, Ballot Accepted, RaftConfiguration Members)
{
    /// <summary>Of how many members a cluster can begin at most: as many as a server's list may name.</summary>
    public const int MembersMax = 64;

    public static readonly FormationVote None = new(FormationStep.Answer, Ballot.None, Ballot.None, RaftConfiguration.Empty);
}
