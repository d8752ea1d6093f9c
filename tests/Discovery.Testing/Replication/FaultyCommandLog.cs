namespace Discovery.Testing;

/// <summary>A log that answers as a bad day in a cluster does: everything that it says is allowed by <see cref="ICommandLog"/>.</summary>
/// <remarks>Lives on the kernel: its delays are virtual, its choices come from the seed.</remarks>
public sealed class FaultyCommandLog : ICommandLog
{
    private readonly ICommandLog _inner;
    private readonly NodeRuntime _runtime;
    private readonly Random _random;
    private CancellationTokenSource _term = new();
    private Leadership _leadership;

    /// <summary>Wraps a log.</summary>
    /// <param name="inner">The log that does the work.</param>
    /// <param name="runtime">Clock and scheduler.</param>
    /// <param name="random">Decides.</param>
    /// <param name="faults">How often what happens.</param>
    public FaultyCommandLog(ICommandLog inner, NodeRuntime runtime, Random random, FaultyCommandLogOptions faults)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _inner = inner;
        _runtime = runtime;
        _random = random;
        Faults = faults;
        _leadership = new Leadership(inner.Leadership.Term, inner.Leadership.Leader, inner.Leadership.IsLeader, _term.Token);
        inner.Leadership.Ended.UnsafeRegister(static log => ((FaultyCommandLog)log!).Stop(), this);
    }

    /// <summary>How often what happens; may be changed while it runs.</summary>
    public FaultyCommandLogOptions Faults { get; set; }

    /// <summary>How many proposals were not simply passed on.</summary>
    public int Injected { get; private set; }

    /// <inheritdoc />
    public StateMachine StateMachine => _inner.StateMachine;

    /// <inheritdoc />
    public Leadership Leadership => _leadership;

    /// <inheritdoc />
    public TimeSpan LastContact => _inner.LastContact;

    /// <inheritdoc />
    public int CommandBytesMax => _inner.CommandBytesMax;

    /// <inheritdoc />
    public TimeSpan ClusterTime => _inner.ClusterTime;

    /// <inheritdoc />
    public async ValueTask<ProposalResult> ProposeAsync(CommandProposal proposal, CancellationToken cancellationToken = default)
    {
        if (_leadership.Leader is null && !_inner.Leadership.Ended.IsCancellationRequested)
        {
            return ProposalResult.NotApplied(ProposalRefusal.NoLeader);
        }

        if (Happens(Faults.Refused))
        {
            return ProposalResult.NotApplied(_random.Next(2) == 0 ? ProposalRefusal.LeadershipLost : ProposalRefusal.Overloaded);
        }

        if (Happens(Faults.LostUnapplied))
        {
            return ProposalResult.Unknown(ProposalRefusal.LeadershipLost);
        }

        if (Happens(Faults.LostApplied))
        {
            EnterLater(proposal);
            return ProposalResult.Unknown(ProposalRefusal.LeadershipLost);
        }

        if (Happens(Faults.LeadershipLost))
        {
            EnterLater(proposal);
            LoseLeadership();
            return ProposalResult.Unknown(ProposalRefusal.LeadershipLost);
        }

        if (Happens(Faults.Duplicated))
        {
            EnterLater(proposal);
        }

        if (Happens(Faults.Hanging))
        {
            EnterLater(proposal);
            return await HangAsync(cancellationToken);
        }

        ProposalResult result = await _inner.ProposeAsync(proposal, cancellationToken);
        return Happens(Faults.Late) && !await TryDelayAsync(cancellationToken)
            ? ProposalResult.Unknown(ProposalRefusal.Cancelled)
            : result;
    }

    /// <inheritdoc />
    public ValueTask<ReadBarrierResult> ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default)
    {
        bool isRefused = consistency != ReadConsistency.Stale && (_leadership.Leader is null || Happens(Faults.BarrierRefused));
        return isRefused && !_inner.Leadership.Ended.IsCancellationRequested
            ? ValueTask.FromResult(new ReadBarrierResult(false, StateMachine.Current.Index, ProposalRefusal.NoLeader))
            : _inner.ReadBarrierAsync(consistency, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask<ProposalResult> RestoreAsync(Stream snapshot, Guid lineage, CancellationToken cancellationToken = default) =>
        Happens(Faults.Refused)
            ? ValueTask.FromResult(ProposalResult.NotApplied(ProposalRefusal.LeadershipLost))
            : _inner.RestoreAsync(snapshot, lineage, cancellationToken);

    /// <summary>Ends the term; for a while nobody leads, then this node does again in a new term.</summary>
    public void LoseLeadership()
    {
        long term = _leadership.Term;
        Begin(new CancellationTokenSource(), ended => new Leadership(term + 1, null, isLeader: false, ended));
        TimeSpan delay = Delay();
        _ = _runtime.Start(async () =>
        {
            await Task.Delay(delay, _runtime.Time);
            if (_leadership.Term == term + 1 && !_inner.Leadership.Ended.IsCancellationRequested)
            {
                Begin(new CancellationTokenSource(), ended => new Leadership(term + 2, _inner.Leadership.Leader, isLeader: true, ended));
            }
        });
    }

    private void Stop() => Begin(_term, ended => new Leadership(_leadership.Term, null, isLeader: false, ended));

    private void Begin(CancellationTokenSource next, Func<CancellationToken, Leadership> leadership)
    {
        CancellationTokenSource previous = _term;
        _term = next;
        _leadership = leadership(next.Token);
        previous.Cancel();
    }

    private void EnterLater(CommandProposal proposal)
    {
        CommandProposal kept = proposal with { Body = proposal.Body.ToArray() };
        TimeSpan delay = Delay();
        _ = _runtime.Start(async () =>
        {
            await Task.Delay(delay, _runtime.Time);
            await _inner.ProposeAsync(kept, CancellationToken.None);
        });
    }

    private async ValueTask<ProposalResult> HangAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancellationToken.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), never))
        {
            await never.Task;
        }

        return ProposalResult.Unknown(ProposalRefusal.Cancelled);
    }

    private async ValueTask<bool> TryDelayAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Delay(), _runtime.Time, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private TimeSpan Delay() => new(_random.NextInt64(Faults.DelayMax.Ticks + 1));

    private bool Happens(double chance)
    {
        bool happens = chance > 0 && _random.NextDouble() < chance;
        Injected += happens ? 1 : 0;
        return happens;
    }
}
