namespace Discovery.Transport;

/// <summary>A proposal that is forwarded. Exactly one of answer, loss and give-up ends it.</summary>
/// <remarks>
/// It is surely not sent until the connection has taken it out of the queue to send it; from then on only an answer tells its outcome.
/// </remarks>
internal sealed class ForwardRequest(ulong id, ForwardedProposal proposal)
{
    private const int Queued = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private readonly TaskCompletionSource<ProposalResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state = Queued;

    public ulong Id => id;

    public ForwardedProposal Proposal => proposal;

    public long Cost => 64 + proposal.Body.Length;

    public Task<ProposalResult> Answer => _answer.Task;

    /// <summary>Claims it to be sent; false when it was withdrawn.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;

    public void Complete(ProposalResult result) => _answer.TrySetResult(result);

    /// <summary>There will be no answer, or nobody waits for it.</summary>
    /// <param name="notSent">Why, if it was surely not sent.</param>
    /// <param name="sent">Why, if it may have been.</param>
    public void End(ProposalRefusal notSent, ProposalRefusal sent) => _answer.TrySetResult(
        Interlocked.CompareExchange(ref _state, Withdrawn, Queued) is Queued or Withdrawn
            ? ProposalResult.NotApplied(notSent)
            : ProposalResult.Unknown(sent));
}
