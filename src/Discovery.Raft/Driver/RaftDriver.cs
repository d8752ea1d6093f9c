using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Transport;

namespace Discovery.Driver;

/// <summary>Owns the core: it takes turns that never wait for a disk nor for the state machine, which have loops of their own.</summary>
internal sealed class RaftDriver : IRaftReceiver, IAsyncDisposable
{
    private readonly RaftParts _parts;
    private readonly RaftCore _core;
    private readonly RaftInbox _inbox;
    private readonly Turns _turns;
    private readonly TaskCompletionSource _lastTurn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timer;
    private readonly ProposalQueue _queue;
    private readonly PendingProposals _pending = new();
    private readonly RaftReads _reads = new();
    private readonly IndexWaiters _waiters = new();
    private readonly IndexWaiters _stateWaiters = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ReadyProcessor _processor;
    private readonly DiskLoop _disk;
    private readonly Applier _applier;
    private readonly LeadershipView _view;
    private readonly long _origin;
    private Office? _office;
    private ulong _lineageTerm;
    private long _leaseUntil;
    private ConfigurationEntry _members;
    private bool _isSingleCopy;
    private TimeSpan _toldUnreadOf = TimeSpan.MinValue;
    private Exception? _fault;
    private TimeSpan _timerAt = TimeSpan.MaxValue;
    private bool _hasFired;
    private bool _isGathering;
    private bool _isStarted;
    private Task _loops = Task.CompletedTask;

    /// <summary>Creates the driver of a log whose snapshot is the state machine's state already.</summary>
    public RaftDriver(RaftParts parts)
    {
        _parts = parts;
        _origin = parts.Runtime.Time.GetTimestamp();
        _core = new RaftCore(parts.Log.Identity.Id, parts.Recovered, parts.Core, parts.Seed, TimeSpan.Zero);
        _turns = new Turns(parts.Runtime, TakeTurn);
        _inbox = new RaftInbox(parts.Options.MessagesMax, _turns.Ask);
        _timer = parts.Runtime.Time.CreateTimer(
            static state => ((RaftDriver)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _queue = new ProposalQueue(parts.Options.QueueLength, parts.Options.QueueBytesMax);
        _disk = new DiskLoop(parts, _inbox);
        var snapshotter = new Snapshotter(parts, _inbox, _disk, _stopping.Token);
        _disk.Full = snapshotter.MakeRoom;
        _applier = new Applier(parts.StateMachine, _pending, (_waiters, _stateWaiters), _inbox, snapshotter);
        var loader = new Loader(parts, _inbox, _stopping.Token) { Failed = Break };
        _processor = new ReadyProcessor(parts, _disk, _applier, _reads, loader);
        _view = new LeadershipView(parts.NodeName, parts.Transport, _core.Self);
        _waiters.Reach(_core.Applied);
        _stateWaiters.Reach(_core.Applied + _applier.Ahead);
        _members = _core.Members;
    }

    public VoterId Self => _core.Self;

    public Leadership Leadership => _view.Current;

    /// <summary>The leader of this term as its id; <see cref="VoterId.None"/> while there is none in office.</summary>
    public VoterId Leader => _view.Leader;

    /// <summary>The members as this server's log has them.</summary>
    public ConfigurationEntry Members => Volatile.Read(ref _members);

    /// <summary>Why this server can write nothing at present; null while it can.</summary>
    public string? DiskTrouble => _disk.Trouble;

    /// <summary>Whether this server leads and what is committed is in full on its disk only.</summary>
    public bool IsSingleCopy => Volatile.Read(ref _isSingleCopy);

    /// <summary>Cluster time, on the leader in office; null elsewhere.</summary>
    public TimeSpan? ClusterTime => Volatile.Read(ref _office)?.ClusterTime;

    /// <summary>Why the node takes no part in the cluster any more; null while it does.</summary>
    public Exception? Fault => Volatile.Read(ref _fault) ?? _parts.StateMachine.Fault;

    public bool IsStopped => _stopping.IsCancellationRequested;

    /// <summary>How long ago the leader was heard.</summary>
    public TimeSpan LeaderSilence => _view.Silence(Now);

    private TimeSpan Now => _parts.Runtime.Time.GetElapsedTime(_origin);

    /// <summary>Starts the loops.</summary>
    public void Start()
    {
        _loops = Task.WhenAll(_lastTurn.Task, Run(() => _disk.RunAsync(_stopping.Token)), Run(_applier.RunAsync));
        Volatile.Write(ref _isStarted, true);
        _turns.Ask();
    }

    /// <summary>Whether this node leads and surely does so now: its state has everything that anybody was told of.</summary>
    public bool HasLease => Now.Ticks < Volatile.Read(ref _leaseUntil);

    public void Receive(RaftMessage message)
    {
        if (Fault is null)
        {
            _inbox.TryPost(message);
        }
    }

    public void Disconnected(VoterId from)
    {
        if (Fault is null)
        {
            _inbox.PostEnd(from);
        }
    }

    public ValueTask<ProposalResult> ProposeForwardedAsync(ForwardedProposal proposal, CancellationToken cancellationToken) =>
        ProposeAsync(proposal, cancellationToken);

    /// <summary>Proposes here; a node that does not lead refuses.</summary>
    public async ValueTask<ProposalResult> ProposeAsync(ForwardedProposal command, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ProposalResult.NotApplied(ProposalRefusal.Cancelled);
        }

        var proposal = new RaftProposal(command);
        if (_queue.TryEnqueue(proposal))
        {
            // While proposals gather they are taken when the disk has answered, or when they have gathered for long enough.
            Interlocked.MemoryBarrier();
            if (!Volatile.Read(ref _isGathering))
            {
                _turns.Ask();
            }

            if (Fault is not null)
            {
                _queue.Refuse(ProposalRefusal.Faulted);
            }
        }

        await using (cancellationToken.UnsafeRegister(static state => ((RaftProposal)state!).GiveUp(), proposal))
        {
            return await proposal.Answer;
        }
    }

    public async Task ReceiveSnapshotAsync(InstallSnapshot install, Stream snapshot, CancellationToken cancellationToken)
    {
        try
        {
            await _parts.Snapshots.ReceiveAsync(install.Meta, snapshot, cancellationToken);
        }
        catch (StorageException e)
        {
            throw new IOException(e.Message, e);
        }

        Receive(install);
    }

    /// <summary>Asks once for an index that a read may rely on.</summary>
    public async Task<ReadAnswer> AskAsync(bool isLeaseEnough, CancellationToken cancellationToken)
    {
        (ulong id, Task<ReadAnswer> answer) = _reads.Begin();
        _inbox.Post((core, now) => core.Read(id, isLeaseEnough, now));
        try
        {
            return await answer.WaitAsync(cancellationToken);
        }
        finally
        {
            _reads.GiveUp(id);
        }
    }

    /// <summary>True once this node has applied an entry of the log; false when it never will.</summary>
    public Task<bool> WaitAppliedAsync(ulong index, CancellationToken cancellationToken) => _waiters.WaitAsync(index, cancellationToken);

    /// <summary>True once this node's state has everything up to an index of the state; false when it never will.</summary>
    public Task<bool> WaitReachedAsync(ulong index, CancellationToken cancellationToken) =>
        _stateWaiters.WaitAsync(index, cancellationToken);

    /// <summary>Calls the core on its loop.</summary>
    public async Task<T> CallAsync<T>(Func<RaftCore, TimeSpan, T> call, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _inbox.Post((core, now) => answer.TrySetResult(call(core, now)));
        await using (_stopping.Token.UnsafeRegister(static state => ((TaskCompletionSource<T>)state!).TrySetCanceled(), answer))
        {
            return await answer.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes no more proposals, ends what is under way, hands leadership over and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Complete();
        using (var bound = new CancellationTokenSource(_parts.Options.StopTimeout, _parts.Runtime.Time))
        {
            await LeaveOfficeAsync(bound.Token);
        }

        Stop(ProposalRefusal.Stopped);
        await _loops;
    }

    /// <summary>Ends at once, as a crash does: nothing is handed over, nothing waited for.</summary>
    public void Abandon() => Stop(ProposalRefusal.Stopped);

    private async Task LeaveOfficeAsync(CancellationToken bound)
    {
        try
        {
            // What waits is taken, and what is taken is applied, before anybody else is asked to lead.
            while (Fault is null && Leadership.IsLeader && !IsStopped)
            {
                ulong last = await CallAsync(static (core, _) => core.Last.Index, bound);
                bool isDone = await WaitAppliedAsync(last, bound);
                bool isLast = !isDone || await CallAsync((core, _) => core.Last.Index == last, bound);
                if (isLast)
                {
                    CancellationToken ended = Leadership.Ended;
                    if (await CallAsync(static (core, now) => core.TransferLeadership(VoterId.None, now), bound))
                    {
                        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound, ended);
                        await Task.Delay(Timeout.InfiniteTimeSpan, _parts.Runtime.Time, either.Token);
                    }

                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over, or another leads.
        }
    }

    private Task Run(Func<Task> loop) => _parts.Runtime.Start(async () =>
    {
        try
        {
            await loop();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Break(e);
        }

        // Who waits for the end of the loop goes on elsewhere than it ended: that may be the disk's thread.
        await Task.Yield();
    });

    private void Break(Exception e)
    {
        Interlocked.CompareExchange(ref _fault, e, null);
        Stop(ProposalRefusal.Faulted);
    }

    private void Stop(ProposalRefusal refusal)
    {
        Volatile.Write(ref _leaseUntil, long.MinValue);
        Volatile.Write(ref _office, null);
        _stopping.Cancel();
        _view.Close();
        _disk.Complete();
        _applier.Complete();
        _turns.Ask();
        _pending.Forget(refusal);
        _queue.Refuse(refusal);
        _reads.Close();
        _waiters.Close();
        _stateWaiters.Close();
    }

    private void OnTimer()
    {
        Volatile.Write(ref _hasFired, true);
        _turns.Ask();
    }

    private void TakeTurn()
    {
        if (_stopping.IsCancellationRequested)
        {
            _timer.Dispose();
            _lastTurn.TrySetResult();
            return;
        }

        if (!Volatile.Read(ref _isStarted))
        {
            return;
        }

        try
        {
            Step(Now);
            SetTimer();
        }
        catch (Exception e)
        {
            Break(e);
        }
    }

    // A deadline that has moved away is looked at when the timer comes: most do, with every message.
    private void SetTimer()
    {
        TimeSpan due = _core.NextDeadline;
        if (_isGathering && _core.WritingSince + _parts.Options.GatherMax is { } gathered && gathered < due)
        {
            due = gathered;
        }

        if (Volatile.Read(ref _hasFired) || due < _timerAt)
        {
            Volatile.Write(ref _hasFired, false);
            _timerAt = due;
            TimeSpan left = due - Now;
            _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private void Step(TimeSpan now)
    {
        while (_inbox.TryTake(out Action<RaftCore, TimeSpan> call))
        {
            call(_core, now);
        }

        // No more than were there when it began: a flood of messages does not keep the clock from being looked at.
        for (int left = _parts.Options.MessagesMax; left > 0 && _inbox.TryTake(out RaftMessage message); left--)
        {
            _core.Step(message, now);
        }

        foreach (VoterId from in _inbox.TakeEnds())
        {
            _core.OnDisconnected(from, now);
        }

        if (now >= _core.NextDeadline)
        {
            LookForUnread(now);
            _core.Tick(now);
        }

        FollowRole();
        TakeProposals(now);
        while (_core.TakeReady(now) is { } ready)
        {
            _processor.Process(ready);
        }

        FollowRole();
        Volatile.Write(ref _members, _core.Members);
        if (_core.IsSingleCopy != _isSingleCopy)
        {
            _isSingleCopy = _core.IsSingleCopy;
            _parts.SingleCopyChanged?.Invoke(_isSingleCopy, _core.Role == RaftRole.Leader);
        }

        Volatile.Write(ref _leaseUntil, _office is null ? long.MinValue : _core.LeaseUntil.Ticks);
    }

    private void LookForUnread(TimeSpan now)
    {
        foreach (VoterId silent in _core.FindSilent(now))
        {
            if (_parts.Transport.HasUnread(silent))
            {
                _core.OnUnread(silent, now);
                if (_core.LeaderHeardAt != _toldUnreadOf && _core.Leader == silent)
                {
                    _toldUnreadOf = _core.LeaderHeardAt;
                    Log.LeaderUnread(_parts.Logger, _parts.Transport.NameOf(silent), (long)(now - _toldUnreadOf).TotalMilliseconds);
                }
            }
        }
    }

    private void FollowRole()
    {
        bool isLeading = _core.Role == RaftRole.Leader;
        if (_office is { } office && (!isLeading || office.Term != _core.Term))
        {
            Volatile.Write(ref _leaseUntil, long.MinValue);
            Volatile.Write(ref _office, null);
            _pending.Forget(ProposalRefusal.LeadershipLost);
        }

        if (!isLeading)
        {
            _queue.Refuse(_core.Leader == VoterId.None ? ProposalRefusal.NoLeader : ProposalRefusal.LeadershipLost);
        }
        else if (_office is null && _core.IsCaughtUp)
        {
            TakeOffice();
        }
        else if (_office is { } mine && _parts.StateMachine.Current.ClusterTime is var applied && applied > mine.ClusterTime)
        {
            // A snapshot of a cluster whose time was ahead was restored: time goes on from there.
            Volatile.Write(ref _office, new Office(mine.Term, applied, _parts.Runtime.Time));
        }

        _view.Follow(_core, _office is not null, Now);
    }

    // A leader is in office once its state has all that was committed before it; a fresh state gets its lineage first.
    private void TakeOffice()
    {
        StateSnapshot state = _parts.StateMachine.Current;
        if (state.Lineage != Guid.Empty)
        {
            Volatile.Write(ref _office, new Office(_core.Term, state.ClusterTime, _parts.Runtime.Time));
        }
        else if (_lineageTerm != _core.Term)
        {
            _lineageTerm = _core.Term;
            var begin = new ForwardedProposal(
                EntryKind.Command, SystemCommand.BeginLineage, Guid.Empty, 0, _parts.NewId().ToByteArray(bigEndian: true));
            var proposal = new RaftProposal(begin);
            new Office(_core.Term, state.ClusterTime, _parts.Runtime.Time).Stamp(proposal);
            _core.Propose(proposal.Kind, proposal.Entry, Now, out _);
        }
    }

    private void TakeProposals(TimeSpan now)
    {
        // What comes while the disk writes is one group, one message to each of the others, and one write there. Nothing waits for more to
        // come: as soon as the disk has nothing to do, all that is there is taken.
        bool isGathering = _office is not null && now - _core.WritingSince < _parts.Options.GatherMax;
        Interlocked.Exchange(ref _isGathering, isGathering);
        if (_office is not { } office || isGathering)
        {
            return;
        }

        for (int left = _parts.Options.BatchEntriesMax; left > 0 && _queue.TryTake(out RaftProposal proposal); left--)
        {
            office.Stamp(proposal);
            ProposeStatus status = _core.Propose(proposal.Kind, proposal.Entry, now, out LogPosition at);
            if (status == ProposeStatus.Appended)
            {
                proposal.At = at;
                _pending.Add(proposal);
            }
            else
            {
                proposal.Complete(ProposalResult.NotApplied(
                    status == ProposeStatus.Overloaded ? ProposalRefusal.Overloaded : ProposalRefusal.LeadershipLost));
            }

            if (left == 1)
            {
                _turns.Ask();
            }
        }
    }
}
