using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Driver;

/// <summary>The replicated, durable log: this server's part in it.</summary>
/// <remarks>A server that does not lead forwards to the one that does, and answers once its own state has reached the outcome.</remarks>
internal sealed class RaftCommandLog(RaftParts parts, RaftDriver driver) : ICommandLog
{
    public StateMachine StateMachine => parts.StateMachine;

    public Leadership Leadership => driver.Leadership;

    public TimeSpan LastContact => driver.LeaderSilence;

    public int CommandBytesMax => parts.Options.CommandBytesMax;

    public TimeSpan ClusterTime => driver.ClusterTime ?? StateMachine.Current.ClusterTime;

    public ValueTask<ProposalResult> ProposeAsync(CommandProposal proposal, CancellationToken cancellationToken = default) =>
        proposal.Body.Length > CommandBytesMax ? Refuse(ProposalRefusal.TooLarge)
            : !StateMachine.CanApply(proposal) ? Refuse(ProposalRefusal.UnknownCommand)
            : ProposeAsync(
                new ForwardedProposal(
                    EntryKind.Command, proposal.CommandId, proposal.ClientId, proposal.Sequence, proposal.Body), cancellationToken);

    public async ValueTask<ReadBarrierResult> ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default)
    {
        if (consistency == ReadConsistency.Stale)
        {
            return new ReadBarrierResult(true, StateMachine.Current.Index, ProposalRefusal.None);
        }

        // What anybody was told of was applied here first, as long as nobody else can lead.
        if (consistency == ReadConsistency.Default && driver.HasLease && driver.Fault is null)
        {
            return new ReadBarrierResult(true, StateMachine.Current.Index, ProposalRefusal.None);
        }

        using var bound = new CancellationTokenSource(parts.Options.ReadTimeout, parts.Runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        while (RefusalNow() is var refusal)
        {
            if (refusal != ProposalRefusal.None)
            {
                return new ReadBarrierResult(false, StateMachine.Current.Index, refusal);
            }

            try
            {
                if (await TryReachAsync(consistency == ReadConsistency.Default, either.Token) is { } reached)
                {
                    return reached;
                }

                await Task.Delay(parts.Core.HeartbeatInterval, parts.Runtime.Time, either.Token);
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                ProposalRefusal why = cancellationToken.IsCancellationRequested ? ProposalRefusal.Cancelled : ProposalRefusal.NoLeader;
                return new ReadBarrierResult(false, StateMachine.Current.Index, why);
            }
        }

        throw new InvariantViolationException("a read ended without an answer");
    }

    public async ValueTask<bool> SettleAsync(CancellationToken cancellationToken = default)
    {
        using var bound = new CancellationTokenSource(parts.Options.ReadTimeout, parts.Runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            ulong last = await driver.CallAsync(static (core, _) => core.Last.Index, either.Token);
            return await driver.WaitAppliedAsync(last, either.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask<ProposalResult> RestoreAsync(Stream snapshot, Guid lineage, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        try
        {
            List<ReadOnlyMemory<byte>> pieces = await CutAsync(snapshot, cancellationToken);
            using (var stream = new PieceStream(pieces))
            {
                await StateMachine.ReadSnapshotAsync(stream, cancellationToken);
            }

            return await RestoreAsync(pieces, lineage, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ProposalResult.NotApplied(ProposalRefusal.Cancelled);
        }
    }

    private static ValueTask<ProposalResult> Refuse(ProposalRefusal refusal) =>
        ValueTask.FromResult(ProposalResult.NotApplied(refusal));

    private ProposalRefusal RefusalNow() => driver.Fault is not null ? ProposalRefusal.Faulted
        : driver.IsStopped ? ProposalRefusal.Stopped
        : ProposalRefusal.None;

    private async ValueTask<ReadBarrierResult?> TryReachAsync(bool isLeaseEnough, CancellationToken cancellationToken)
    {
        using var once = new CancellationTokenSource(parts.Options.ReadRetry, parts.Runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(once.Token, cancellationToken);
        try
        {
            ReadAnswer answer = await driver.AskAsync(isLeaseEnough, either.Token);
            if (!answer.IsReached)
            {
                return null;
            }

            bool isApplied = await driver.WaitAppliedAsync(answer.Index, cancellationToken);
            return isApplied ? new ReadBarrierResult(true, StateMachine.Current.Index, ProposalRefusal.None) : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async ValueTask<ProposalResult> ProposeAsync(ForwardedProposal proposal, CancellationToken cancellationToken)
    {
        if (RefusalNow() is var refusal and not ProposalRefusal.None)
        {
            return ProposalResult.NotApplied(refusal);
        }

        Leadership leadership = driver.Leadership;
        VoterId leader = driver.Leader;
        if (leader == VoterId.None || leader == driver.Self)
        {
            return await driver.ProposeAsync(proposal, cancellationToken);
        }

        ProposalResult result = await ForwardAsync(leader, leadership, proposal, cancellationToken);
        if (result.Outcome != ProposalOutcome.Applied)
        {
            return result;
        }

        try
        {
            // Whoever reads here after the answer finds what was written.
            bool isHere = await driver.WaitReachedAsync(result.Command.Index, cancellationToken);
            return isHere ? result : ProposalResult.Unknown(RefusalNow());
        }
        catch (OperationCanceledException)
        {
            return ProposalResult.Unknown(ProposalRefusal.Cancelled);
        }
    }

    // A leader that is cut off or stands still does not answer, and its connection takes seconds to be given up: whoever waits for it goes
    // on once it is no longer the leader, to ask the next one, who knows by the sequence number whether it was applied.
    private async ValueTask<ProposalResult> ForwardAsync(
        VoterId leader, Leadership leadership, ForwardedProposal proposal, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(leadership.Ended, cancellationToken);
        ProposalResult result = await parts.Transport.ForwardAsync(leader, proposal, either.Token);
        return result.Refusal != ProposalRefusal.Cancelled || cancellationToken.IsCancellationRequested ? result
            : result.Outcome == ProposalOutcome.Unknown ? ProposalResult.Unknown(ProposalRefusal.LeadershipLost)
            : ProposalResult.NotApplied(ProposalRefusal.LeadershipLost);
    }

    private static async Task<List<ReadOnlyMemory<byte>>> CutAsync(Stream snapshot, CancellationToken cancellationToken)
    {
        List<ReadOnlyMemory<byte>> pieces = [];
        while (true)
        {
            var piece = new byte[RestoreAssembly.PieceBytes];
            int count = await snapshot.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken);
            if (count > 0)
            {
                pieces.Add(piece.AsMemory(0, count));
            }

            if (count < piece.Length)
            {
                return pieces;
            }
        }
    }

    private async ValueTask<ProposalResult> RestoreAsync(
        List<ReadOnlyMemory<byte>> pieces, Guid lineage, CancellationToken cancellationToken)
    {
        Guid restore = parts.NewId();
        long length = 0;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            length += piece.Length;
            ProposalResult taken = await ProposeInTimeAsync(
                Restore(RestoreAssembly.EncodePiece(restore, piece.Span)), cancellationToken);
            if (taken.Outcome != ProposalOutcome.Applied)
            {
                // Pieces alone change nothing.
                await GiveUpAsync(restore);
                return ProposalResult.NotApplied(taken.Refusal);
            }
        }

        ProposalResult result = await ProposeInTimeAsync(
            Restore(RestoreAssembly.EncodeEnd(restore, lineage, TimeSpan.Zero, length)), cancellationToken);
        if (result.Outcome != ProposalOutcome.Applied)
        {
            await GiveUpAsync(restore);
        }

        // Another leader took over between the pieces, or another restore came between.
        return result.Outcome == ProposalOutcome.Applied && result.Command.Status != CommandStatus.Applied
            ? ProposalResult.NotApplied(ProposalRefusal.LeadershipLost)
            : result;
    }

    // A disk that is full would otherwise keep whoever restores for ever.
    private async ValueTask<ProposalResult> ProposeInTimeAsync(ForwardedProposal proposal, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(parts.Options.RestorePieceTimeout, parts.Runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        ProposalResult result = await ProposeAsync(proposal, either.Token);
        bool isLate = result.Refusal == ProposalRefusal.Cancelled && !cancellationToken.IsCancellationRequested;
        return isLate ? result with { Refusal = ProposalRefusal.None } : result;
    }

    // So that the servers need not keep the pieces any longer; without it they find out for themselves.
    private async ValueTask GiveUpAsync(Guid restore)
    {
        using var bound = new CancellationTokenSource(parts.Options.ReadTimeout, parts.Runtime.Time);
        await ProposeAsync(Restore(RestoreAssembly.EncodeGivenUp(restore)), bound.Token);
    }

    private static ForwardedProposal Restore(byte[] body) => new(EntryKind.Restore, 0, Guid.Empty, 0, body);
}
