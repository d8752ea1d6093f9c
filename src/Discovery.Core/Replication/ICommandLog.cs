namespace Discovery;

/// <summary>
/// The replicated log behind the state machine: the seam between what is decided and how it is made durable and replicated.
/// </summary>
/// <remarks>
/// The order of one proposal's life is fixed: validated and authorized by a facade, encoded, proposed, stamped with the leader's times,
/// committed, applied, published, woken, answered. When <see cref="ProposeAsync"/> answers <see cref="ProposalOutcome.Applied"/>, this
/// node's own <see cref="StateMachine.Current"/> has reached the index of the answer.
/// </remarks>
public interface ICommandLog
{
    /// <summary>The state machine that the log applies to.</summary>
    StateMachine StateMachine { get; }

    /// <summary>Who leads; never null.</summary>
    Leadership Leadership { get; }

    /// <summary>How long ago this node last heard from the leader; zero on the leader.</summary>
    TimeSpan LastContact { get; }

    /// <summary>The largest command body that the log takes, in bytes.</summary>
    int CommandBytesMax { get; }

    /// <summary>Cluster time now: that of the last entry, plus the leader's monotonic time since it took office.</summary>
    TimeSpan ClusterTime { get; }

    /// <summary>Puts a command into the log and waits until this node has applied it.</summary>
    /// <param name="proposal">The command.</param>
    /// <param name="cancellationToken">Gives up waiting; what was already under way ends as <see cref="ProposalOutcome.Unknown"/>.</param>
    /// <returns>The answer; expected trouble never throws.</returns>
    ValueTask<ProposalResult> ProposeAsync(CommandProposal proposal, CancellationToken cancellationToken = default);

    /// <summary>Waits until the local state is as fresh as <paramref name="consistency"/> asks for.</summary>
    /// <param name="consistency">The mode.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<ReadBarrierResult> ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default);

    /// <summary>Waits until this node's state has all that its log had taken in before the call, committed then or not.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>False when that was not so in time. A log that stamps and applies in one step has nothing to wait for.</returns>
    ValueTask<bool> SettleAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(true);

    /// <summary>Replaces the whole state by a snapshot, on every server, as one point of the log with a new lineage.</summary>
    /// <param name="snapshot">The snapshot, as written by <see cref="StateMachine.WriteSnapshot"/>; read to its end.</param>
    /// <param name="lineage">The new lineage, made by the caller.</param>
    /// <param name="cancellationToken">Gives up before the point of no return.</param>
    /// <returns>The answer; a damaged snapshot throws <see cref="DiscoveryException"/> and changes nothing.</returns>
    ValueTask<ProposalResult> RestoreAsync(Stream snapshot, Guid lineage, CancellationToken cancellationToken = default);
}
