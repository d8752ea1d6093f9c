using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>Proposals in this leader's log, in order, until their place in it is applied or the leadership is over.</summary>
internal sealed class PendingProposals
{
    private readonly Lock _lock = new();
    private readonly Queue<RaftProposal> _queue = new();

    public void Add(RaftProposal proposal)
    {
        lock (_lock)
        {
            _queue.Enqueue(proposal);
        }
    }

    /// <summary>The entry at a place was applied: answers the proposal that was to be there.</summary>
    /// <remarks>An entry of another term has its place: it is surely not in the log, and never will be.</remarks>
    public void Applied(LogPosition at, in CommandOutcome outcome)
    {
        RaftProposal? proposal;
        lock (_lock)
        {
            if (!_queue.TryPeek(out proposal) || proposal.At.Index > at.Index)
            {
                return;
            }

            _queue.Dequeue();
        }

        Invariant.Check(proposal.At.Index == at.Index, $"entry {proposal.At.Index} was passed over");
        proposal.Complete(proposal.At.Term == at.Term
            ? ProposalResult.Applied(outcome)
            : ProposalResult.NotApplied(ProposalRefusal.LeadershipLost));
    }

    /// <summary>Nobody here will learn what becomes of those that wait.</summary>
    public void Forget(ProposalRefusal refusal)
    {
        RaftProposal[] forgotten;
        lock (_lock)
        {
            forgotten = [.. _queue];
            _queue.Clear();
        }

        foreach (RaftProposal proposal in forgotten)
        {
            proposal.Complete(ProposalResult.Unknown(refusal));
        }
    }
}
