namespace Discovery.Agent;

/// <summary>A log between the agent and the real one that a test takes down and brings back.</summary>
internal sealed class SwitchedLog(ICommandLog inner) : ICommandLog
{
    /// <summary>Nothing gets through.</summary>
    public bool IsDown
    {
        get => Refusal != ProposalRefusal.None;
        set => Refusal = value ? ProposalRefusal.NoLeader : ProposalRefusal.None;
    }

    /// <summary>Why nothing gets through.</summary>
    public ProposalRefusal Refusal { get; set; }

    /// <summary>Every proposal meets a broken invariant.</summary>
    public bool IsBroken { get; set; }

    public StateMachine StateMachine => inner.StateMachine;

    public Leadership Leadership => inner.Leadership;

    public TimeSpan LastContact => inner.LastContact;

    public int CommandBytesMax => inner.CommandBytesMax;

    public TimeSpan ClusterTime => inner.ClusterTime;

    public ValueTask<ProposalResult> ProposeAsync(CommandProposal proposal, CancellationToken cancellationToken = default)
    {
        Invariant.Check(!IsBroken, "planted");
        return IsDown
            ? ValueTask.FromResult(ProposalResult.NotApplied(Refusal))
            : inner.ProposeAsync(proposal, cancellationToken);
    }

    public ValueTask<ReadBarrierResult> ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default) =>
        inner.ReadBarrierAsync(consistency, cancellationToken);

    public ValueTask<ProposalResult> RestoreAsync(Stream snapshot, Guid lineage, CancellationToken cancellationToken = default) =>
        inner.RestoreAsync(snapshot, lineage, cancellationToken);
}
