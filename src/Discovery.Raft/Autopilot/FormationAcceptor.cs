using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>This server's voice in what the first members of a cluster are: Paxos (Lamport, 2001), for one decision.</summary>
/// <remarks>Nothing is answered before it is on the disk.</remarks>
internal sealed class FormationAcceptor(FormationVote found, Func<FormationVote, Task> save)
{
    private readonly SemaphoreSlim _gate = new(1);
    private FormationVote _vote = found;

    /// <summary>What was promised and accepted so far.</summary>
    public FormationVote Vote => Volatile.Read(ref _vote);

    public async Task<FormationVote> AnswerAsync(FormationVote asked, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            FormationVote next = Next(Vote, asked);
            if (next != Vote)
            {
                await save(next);
                Volatile.Write(ref _vote, next);
            }

            return next;
        }
        finally
        {
            _gate.Release();
        }
    }

    private static FormationVote Next(FormationVote vote, FormationVote asked) => asked.Step switch
    {
        FormationStep.Prepare when asked.Ballot.CompareTo(vote.Ballot) > 0 => vote with { Ballot = asked.Ballot },
        FormationStep.Accept when asked.Ballot.CompareTo(vote.Ballot) >= 0 && !asked.Members.Members.IsEmpty =>
            new FormationVote(FormationStep.Answer, asked.Ballot, asked.Ballot, asked.Members),
        _ => vote,
    };
}
