namespace Discovery.Testing;

/// <summary>A log with a bug: it forgets who proposed, so that what comes twice is applied twice.</summary>
internal sealed class UndeduplicatedLog(ICommandLog inner) : ICommandLog
{
    public StateMachine StateMachine => inner.StateMachine;

    public Leadership Leadership => inner.Leadership;

    public TimeSpan LastContact => inner.LastContact;

    public int CommandBytesMax => inner.CommandBytesMax;

    public TimeSpan ClusterTime => inner.ClusterTime;

    public ValueTask<ProposalResult> ProposeAsync(CommandProposal proposal, CancellationToken cancellationToken = default) =>
        inner.ProposeAsync(
            SystemCommand.OpenClient == proposal.CommandId ? proposal : proposal with { ClientId = Guid.Empty, Sequence = 0 },
            cancellationToken);

    public ValueTask<ReadBarrierResult> ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default) =>
        inner.ReadBarrierAsync(consistency, cancellationToken);

    public ValueTask<ProposalResult> RestoreAsync(Stream snapshot, Guid lineage, CancellationToken cancellationToken = default) =>
        inner.RestoreAsync(snapshot, lineage, cancellationToken);
}
