namespace Discovery.Replication;

/// <summary>A proposal in the queue of the local log. Exactly one of apply, withdrawal and give-up answers it.</summary>
internal sealed class LocalProposal(CommandProposal command, StateSnapshot? restored, Guid lineage)
{
    private const int Queued = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private readonly TaskCompletionSource<ProposalResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state = Queued;

    public CommandProposal Command { get; } = command;

    /// <summary>The state to put in place of the current one, when the proposal is a restore.</summary>
    public StateSnapshot? Restored { get; } = restored;

    public Guid Lineage { get; } = lineage;

    public Task<ProposalResult> Answer => _answer.Task;

    /// <summary>Claims the proposal for applying; false when the caller has given up before that.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;

    public void Complete(ProposalResult result) => _answer.TrySetResult(result);

    /// <summary>The caller gives up: surely not applied while still queued, unknown afterwards.</summary>
    public void GiveUp() => _answer.TrySetResult(
        Interlocked.CompareExchange(ref _state, Withdrawn, Queued) == Queued
            ? ProposalResult.NotApplied(ProposalRefusal.Cancelled)
            : ProposalResult.Unknown(ProposalRefusal.Cancelled));
}
