using Discovery.Testing;

namespace Discovery.Agent;

/// <summary>A log between the agent and the real one that refuses, loses answers, and delays, as a seed says or as it is told.</summary>
internal sealed class FlakyLog(ICommandLog inner, SimulationKernel kernel) : ICommandLog
{
    private readonly Random _random = kernel.CreateRandom();

    /// <summary>Nothing gets through.</summary>
    public bool IsDown { get; set; }

    /// <summary>Every proposal meets a broken invariant.</summary>
    public bool IsBroken { get; set; }

    /// <summary>How many proposals in a hundred meet trouble.</summary>
    public int TroublePercent { get; set; }

    public StateMachine StateMachine => inner.StateMachine;

    public Leadership Leadership => inner.Leadership;

    public TimeSpan LastContact => inner.LastContact;

    public int CommandBytesMax => inner.CommandBytesMax;

    public TimeSpan ClusterTime => inner.ClusterTime;

    public async ValueTask<ProposalResult> ProposeAsync(CommandProposal proposal, CancellationToken cancellationToken = default)
    {
        Invariant.Check(!IsBroken, "planted");
        if (IsDown)
        {
            return ProposalResult.NotApplied(ProposalRefusal.NoLeader);
        }

        if (_random.Next(100) >= TroublePercent)
        {
            return await inner.ProposeAsync(proposal, cancellationToken);
        }

        switch (_random.Next(4))
        {
            case 0:
                return ProposalResult.NotApplied(ProposalRefusal.NoLeader);
            case 1:
                return ProposalResult.Unknown(ProposalRefusal.LeadershipLost);
            case 2:
                await inner.ProposeAsync(proposal, CancellationToken.None);
                return ProposalResult.Unknown(ProposalRefusal.LeadershipLost);
            default:
                await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(15_000)), kernel.Time, CancellationToken.None);
                ProposalResult late = await inner.ProposeAsync(proposal, CancellationToken.None);
                return cancellationToken.IsCancellationRequested ? ProposalResult.Unknown(ProposalRefusal.Cancelled) : late;
        }
    }

    public ValueTask<ReadBarrierResult> ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default) =>
        inner.ReadBarrierAsync(consistency, cancellationToken);

    public ValueTask<ProposalResult> RestoreAsync(Stream snapshot, Guid lineage, CancellationToken cancellationToken = default) =>
        inner.RestoreAsync(snapshot, lineage, cancellationToken);
}
