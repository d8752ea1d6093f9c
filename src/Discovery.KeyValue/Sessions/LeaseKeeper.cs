using Discovery.KeyValue;
using Discovery.Locks;
using Discovery.Wire;
using Microsoft.Extensions.Logging;

namespace Discovery.Sessions;

/// <summary>The leader's duty to end what has run out: leases of sessions, times to live of keys, delays of locks.</summary>
/// <remarks>
/// <para>
/// Renewals are not written to the log: the leader counts each lease by its own monotonic clock, from when it has made sure that it still
/// leads. A new leader begins its office with an entry of its own (<see cref="LeaseEpoch"/>) and grants every lease its full length from
/// there. What is proposed to end carries the epoch, and is refused under another one.
/// </para>
/// <para>
/// Why a holder that counts from sending its renewal is never late: (1) it sends at s; (2) the leader confirms its leadership at c &gt;= s
/// and counts from there; (3) the lease ends at c + length by this leader, or at n + length by a later one, whose office began at n &gt;= c
/// because the confirmation and the election had a server in common. Both are after s + length.
/// </para>
/// <para>
/// Nor when his key is taken from him: (1) the entry that does it is stamped at p, and keeps others out until p + length, also when it
/// takes long to be committed; (2) a renewal is confirmed once everything in the log that was stamped before s is applied, so that either
/// p &gt;= s, or the renewal finds the key taken.
/// </para>
/// </remarks>
internal sealed class LeaseKeeper : INodeLoop, IStateObserver
{
    private const int BatchMax = 256;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan TryTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly KeyValueModule _module;
    private readonly ICommandLog _log;
    private readonly NodeRuntime _runtime;
    private readonly ILogger<LeaseKeeper> _logger;
    private readonly long _origin;
    private readonly AsyncSignal _wake = new();
    private readonly LeaseBook _book = new();
    private Leadership? _office;

    public LeaseKeeper(KeyValueModule module, ICommandLog log, NodeRuntime runtime, ILogger<LeaseKeeper> logger)
    {
        _module = module;
        _log = log;
        _runtime = runtime;
        _logger = logger;
        _origin = runtime.Time.GetTimestamp();
        log.StateMachine.AddObserver(this);
    }

    public string Name => "leases";

    /// <summary>How many leases this node has ended.</summary>
    public int EndedCount { get; private set; }

    private TimeSpan Now => _runtime.Time.GetElapsedTime(_origin);

    private StateSnapshot State => _log.StateMachine.Current;

    /// <summary>Begins a lease anew.</summary>
    /// <returns>The session, or null when it is not there or about to end.</returns>
    public async ValueTask<SessionEntry?> RenewAsync(Guid id, CancellationToken cancellationToken)
    {
        Leadership? office = Volatile.Read(ref _office);
        ReadBarrierResult barrier = await _log.ReadBarrierAsync(ReadConsistency.Consistent, cancellationToken);
        if (office is null || !barrier.IsReached || !IsInOffice(office) || !await IsSettledAsync(office, cancellationToken))
        {
            throw NotConfirmed();
        }

        SessionEntry? session = State.Get(_module.Sessions.Sessions, SessionTables.Key(id));
        if (session is null || session.Lease == TimeSpan.Zero)
        {
            return session;
        }

        bool isRenewed = _book.TryRenew(office, session, Now) ?? throw NotConfirmed();
        return isRenewed ? session : null;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Leadership leadership = _log.Leadership;
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, leadership.Ended);
            try
            {
                if (leadership.IsLeader)
                {
                    await ServeAsync(leadership, ended.Token);
                }
                else
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, _runtime.Time, ended.Token);
                }
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                // Another leadership, or the end.
            }
            finally
            {
                Volatile.Write(ref _office, null);
                _book.Close();
            }

            if (ReferenceEquals(leadership, _log.Leadership))
            {
                // The log has stopped: its last leadership has ended and none follows.
                await Task.Delay(RetryDelay, _runtime.Time, cancellationToken);
            }
        }
    }

    public void OnApplied(StateSnapshot snapshot, IReadOnlyList<StateChangeSet> changes)
    {
        bool wakes = false;
        foreach (StateChangeSet set in changes)
        {
            foreach (StateChange change in set.Changes)
            {
                wakes |= Note(change);
            }
        }

        if (wakes)
        {
            _wake.Set();
        }
    }

    public void OnReplaced(StateSnapshot snapshot)
    {
        // Everything may be another: each lease gets its full length from here.
        _book.Replace(snapshot.Scan(_module.Sessions.Sessions).ToList(), Now);
        _wake.Set();
    }

    private bool Note(in StateChange change)
    {
        if (change.Is(_module.Sessions.Sessions, out StateRowChange<SessionEntry> session))
        {
            if (session.New is { } added)
            {
                _book.Begin(added, Now);
            }
            else
            {
                _book.Remove(session.Row.Id);
            }

            return session.New is { Lease.Ticks: > 0 };
        }

        return (change.Is(_module.Keys.Entries, out StateRowChange<KeyValueEntry> entry) && entry.New is { ExpiresAt: not null })
            || (change.Is(_module.Locks.Delays, out StateRowChange<LockDelayEntry> delay) && delay.New is not null);
    }

    public static DiscoveryException NotConfirmed() => new(
        DiscoveryError.NoLeader, "The lease could not be renewed: no leader confirmed it. Try again while it lasts.");

    private bool IsInOffice(Leadership leadership) =>
        ReferenceEquals(leadership, _log.Leadership) && !leadership.Ended.IsCancellationRequested;

    private async ValueTask<bool> IsSettledAsync(Leadership office, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(office.Ended, cancellationToken);
        return await _log.SettleAsync(either.Token);
    }

    private async Task ServeAsync(Leadership leadership, CancellationToken cancellationToken)
    {
        ulong epoch = await BeginEpochAsync(cancellationToken);
        // Opened first: a session that is created, or a state that is restored, while this one is read must not be missed.
        _book.Open(leadership);
        _book.Add(State.Scan(_module.Sessions.Sessions).ToList(), Now);
        Volatile.Write(ref _office, leadership);
        var ending = new List<Guid>();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ending.Count == 0)
            {
                ending = _book.TakeEnded(Now, BatchMax);
            }

            if (ending.Count > 0)
            {
                long? ended = await ProposeAsync(_module.ExpireSessions, new SessionExpiry(epoch, ending), cancellationToken);
                if (ended >= 0)
                {
                    EndedCount += (int)ended.Value;
                    ending.ForEach(_book.Remove);
                    Log.LeasesEnded(_logger, ended.Value);
                    ending = [];
                }
                else if (ended is not null)
                {
                    // A restore, or an entry of our own that entered late, began another epoch. After the former the leases run anew.
                    epoch = await BeginEpochAsync(cancellationToken);
                    ending.RemoveAll(session => !_book.IsEnding(session));
                }

                continue;
            }

            if (!await EndDueAsync(cancellationToken))
            {
                await WaitAsync(cancellationToken);
            }
        }
    }

    // Ends delays and times to live that are over; false when there are none.
    private async ValueTask<bool> EndDueAsync(CancellationToken cancellationToken)
    {
        bool isAny = false;
        TimeSpan clusterTime = _log.ClusterTime;
        if (FirstDelay() <= clusterTime)
        {
            await ProposeAsync(_module.EndDelays, BatchMax, cancellationToken);
            isAny = true;
        }

        if (FirstExpiry() <= clusterTime)
        {
            await ProposeAsync(_module.ExpireKeys, BatchMax, cancellationToken);
            isAny = true;
        }

        return isAny;
    }

    private TimeSpan? FirstDelay()
    {
        foreach (LockDelayEntry delay in State.Scan(_module.Locks.ByNotBefore))
        {
            return delay.NotBefore;
        }

        return null;
    }

    private TimeSpan? FirstExpiry()
    {
        foreach (KeyValueEntry entry in State.Scan(_module.Keys.ByExpiry))
        {
            return entry.ExpiresAt;
        }

        return null;
    }

    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait = LongestWait;
        TimeSpan clusterTime = _log.ClusterTime;
        wait = Earlier(wait, _book.NextDue - Now);
        wait = Earlier(wait, FirstDelay() - clusterTime);
        wait = Earlier(wait, FirstExpiry() - clusterTime);
        if (wait <= TimeSpan.Zero)
        {
            return;
        }

        using var timer = new CancellationTokenSource(wait, _runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await _wake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Something is due.
        }
    }

    private static TimeSpan Earlier(TimeSpan wait, TimeSpan? other) => other < wait ? other.Value : wait;

    private async ValueTask<ulong> BeginEpochAsync(CancellationToken cancellationToken)
    {
        long? epoch = null;
        while (epoch is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            epoch = await ProposeAsync(_module.BeginEpoch, default, cancellationToken);
        }

        return (ulong)epoch.Value;
    }

    // Null when it was not applied, or nobody knows; all that is proposed here can be proposed again.
    private async ValueTask<long?> ProposeAsync<TCommand>(
        StateCommand<TCommand, long> definition, TCommand command, CancellationToken cancellationToken)
    {
        using var body = new WireBuffer();
        definition.Codec.Write(command, body);
        var proposal = new CommandProposal(definition.Id, body.WrittenSpan.ToArray(), Guid.Empty, 0, CallContext.Local);
        using var timeout = new CancellationTokenSource(TryTimeout, _runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        ProposalResult result = await _log.ProposeAsync(proposal, either.Token);
        if (result.Outcome == ProposalOutcome.Applied
            && result.Command.Status == CommandStatus.Applied
            && definition.ResultCodec.TryRead(result.Command.Result.Span, out long answer))
        {
            return answer;
        }

        await Task.Delay(RetryDelay, _runtime.Time, cancellationToken);
        return null;
    }
}
