using Discovery.Protocol;

namespace Discovery.Simulation;

/// <content>What the process does for its core.</content>
internal sealed partial class Server : IReadyTarget
{
    private readonly Dictionary<LogPosition, RegisterImage> _received = [];
    private readonly Queue<(SnapshotMeta? Meta, IReadOnlyList<LogEntry> Entries)> _applying = new();
    private readonly SortedDictionary<ulong, List<(ulong Term, Action<bool?> Done)>> _proposals = [];
    private readonly Dictionary<ulong, Action<ReadAnswer>> _reads = [];
    private readonly List<(ulong Index, Action Done)> _waiting = [];
    private Registers _registers = new();
    private ReadyRunner? _runner;
    private ulong _snapshotAt;
    private ulong _lastRead;
    private bool _isSnapshotUnderWay;
    private CrashTrigger _trigger;

    public Registers Registers => _registers;

    /// <summary>Crashes this process soon after it next does something.</summary>
    public void CrashAfter(CrashTrigger trigger) => _trigger = trigger;

    void IReadyTarget.Send(RaftMessage message)
    {
        if (message is TimeoutNow)
        {
            _world.Coverage.Count("transfers done");
        }

        if (message is VoteRequest { IsPreVote: false } && _world.Find(message.To) is { IsWitness: true })
        {
            _world.Coverage.Count("witnesses asked");
        }

        _world.Watch.Witnesses.OnSend(this, message);
        _world.Trace.Line($"s{Number} sends {Describe.Message(_world, message)}");
        _world.Network.Send(this, message, null);
        if (_trigger == CrashTrigger.VoteSent && message is VoteReply { IsPreVote: false, IsGranted: true })
        {
            CrashWithin(TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
        }
    }

    void IReadyTarget.Write(IReadOnlyList<DiskOperation> operations, Action done)
    {
        foreach (DiskOperation operation in operations)
        {
            _world.Trace.Line($"s{Number} writes {Describe.Operation(_world, operation)}");
            _world.Trace.Note(2, Number, Disk.View.Last.Index, Disk.View.Last.Term);
            if (operation is DiskOperation.Append append)
            {
                _world.Watch.Logs.OnAppend(this, append.Entry);
            }

            Disk.Write([operation], static () => { });
        }

        Disk.Write([], () => Post(done));
    }

    void IReadyTarget.Persisted(ulong sequence) => Step((core, now) => core.OnPersisted(sequence, now));

    RegisterImage IReadyTarget.Received(SnapshotMeta meta) => _received[meta.Last];

    void IReadyTarget.Restore(SnapshotMeta meta)
    {
        _world.Coverage.Count("snapshots installed");
        AddToApply((meta, []));
    }

    void IReadyTarget.Apply(IReadOnlyList<LogEntry> entries) => AddToApply((null, entries));

    void IReadyTarget.Load(LoadRequest request)
    {
        _world.Coverage.Count(request.For == VoterId.None ? "loads to apply" : "loads for peers");
        PostAfter(_random.Milliseconds(0.05, 3), () =>
        {
            LogEntry[] entries = Disk.Load(request.First, request.Last, request.BytesMax);
            Step((core, now) => core.OnLoaded(request, entries, now));
        });
    }

    void IReadyTarget.SendSnapshot(VoterId to, ulong term)
    {
        SnapshotMeta? meta = Disk.Durable.Snapshot;
        RegisterImage? image = Disk.Durable.SnapshotState;
        PostAfter(_random.Milliseconds(5, 300), () =>
        {
            bool hasArrived = meta is not null && _world.Network.IsOpen(this, to) && !_random.Chance(0.1);
            if (hasArrived)
            {
                _world.Network.Send(this, new InstallSnapshot(Id, to, term, meta!, 0), image);
            }

            Step((core, now) => core.OnSnapshotSent(to, hasArrived ? meta!.Last : null, now));
        });
    }

    void IReadyTarget.Answer(ReadAnswer answer)
    {
        if (_reads.Remove(answer.Id, out Action<ReadAnswer>? done))
        {
            done(answer);
        }
    }

    /// <summary>Proposes; the answer comes when the entry at that index has been applied: whether it took effect, or null when another
    /// entry took its place.</summary>
    public ProposeStatus Propose(byte[] body, out LogPosition at, Action<bool?> done)
    {
        LogPosition position = default;
        ProposeStatus status = ProposeStatus.NotLeader;
        Step((core, now) =>
        {
            status = core.Propose(EntryKind.Command, body, now, out position);
            if (status == ProposeStatus.Appended)
            {
                Proposals(position.Index).Add((position.Term, done));
            }
        });
        at = position;
        return status;
    }

    public ProposeStatus ProposeMembers(IReadOnlyCollection<RaftMember> members)
    {
        ProposeStatus status = ProposeStatus.NotLeader;
        Step((core, now) => status = core.ProposeMembers(members, now, out _));
        return status;
    }

    public void Transfer(VoterId to) => Step((core, now) =>
    {
        if (core.TransferLeadership(to, now))
        {
            _world.Coverage.Count("transfers asked");
        }
    });

    /// <summary>Reads a register once the state has reached the index that the protocol names; null when it names none.</summary>
    public void Read(int key, bool isLeaseEnough, Action<long?> done)
    {
        ulong id = ++_lastRead;
        _reads[id] = answer =>
        {
            if (!answer.IsReached)
            {
                done(null);
                return;
            }

            _world.Watch.OnReadAnswered(this, isLeaseEnough);
            if (_registers.Last.Index >= answer.Index)
            {
                done(_registers[key]);
            }
            else
            {
                _waiting.Add((answer.Index, () => done(_registers[key])));
            }
        };
        Step((core, now) => core.Read(id, isLeaseEnough, now));
    }

    private List<(ulong Term, Action<bool?> Done)> Proposals(ulong index)
    {
        if (!_proposals.TryGetValue(index, out List<(ulong Term, Action<bool?> Done)>? waiting))
        {
            _proposals[index] = waiting = [];
        }

        return waiting;
    }

    private void ForgetWork()
    {
        _received.Clear();
        _applying.Clear();
        _proposals.Clear();
        _reads.Clear();
        _lastRead = 0;
        _waiting.Clear();
        _isSnapshotUnderWay = false;
        _trigger = CrashTrigger.None;
    }

    private void AddToApply((SnapshotMeta? Meta, IReadOnlyList<LogEntry> Entries) work)
    {
        _applying.Enqueue(work);
        if (_applying.Count == 1)
        {
            PostAfter(_random.Milliseconds(0, _world.Options.ApplyDelayMax.TotalMilliseconds), ApplyNext);
        }
    }

    private void ApplyNext()
    {
        (SnapshotMeta? meta, IReadOnlyList<LogEntry> entries) = _applying.Peek();
        if (meta is not null)
        {
            _registers.Restore(_received[meta.Last]);
            _snapshotAt = meta.Last.Index;
            _world.Watch.States.OnRestored(this);
            FinishProposalsBefore(meta.Last.Index);
        }

        foreach (LogEntry entry in entries)
        {
            ApplyOne(entry);
        }

        _applying.Dequeue();
        if (_applying.Count > 0)
        {
            PostAfter(_random.Milliseconds(0, _world.Options.ApplyDelayMax.TotalMilliseconds), ApplyNext);
        }

        ulong applied = _registers.Last.Index;
        foreach ((_, Action done) in _waiting.Where(waiting => waiting.Index <= applied).ToArray())
        {
            done();
        }

        _waiting.RemoveAll(waiting => waiting.Index <= applied);
        Step((core, now) => core.OnApplied(applied, now));
        TakeSnapshotWhenDue();
    }

    private void ApplyOne(in LogEntry entry)
    {
        _world.Watch.States.OnApplying(this, entry);
        bool isDone = _registers.Apply(entry);
        _world.Watch.States.OnApplied(this, entry);
        FinishProposalsBefore(entry.Index - 1);
        if (_proposals.Remove(entry.Index, out List<(ulong Term, Action<bool?> Done)>? waiting))
        {
            foreach ((ulong term, Action<bool?> done) in waiting)
            {
                if (term != entry.Term)
                {
                    _world.Coverage.Count("proposals overwritten");
                }

                done(term == entry.Term ? isDone : null);
            }
        }
    }

    // A snapshot tells nothing of single entries: what came of these proposals stays unknown.
    private void FinishProposalsBefore(ulong index)
    {
        while (_proposals.Count > 0 && _proposals.Keys.First() is ulong first && first <= index)
        {
            _proposals.Remove(first);
        }
    }

    private void TakeSnapshotWhenDue()
    {
        ulong index = _registers.Last.Index;
        if (_core is null || _isSnapshotUnderWay || index < _snapshotAt + (ulong)_world.Options.SnapshotEvery || index < _core.Start.Index)
        {
            return;
        }

        _isSnapshotUnderWay = true;
        SnapshotMeta meta = _core.DescribeSnapshot(index);
        RegisterImage image = _registers.ToImage();
        Disk.SaveSnapshot(meta, image, () => Post(() =>
        {
            _world.Coverage.Count("snapshots taken");
            _isSnapshotUnderWay = false;
            _snapshotAt = Math.Max(_snapshotAt, index);
            Step((core, _) =>
            {
                LogPosition start = core.OnCompacted(index - Math.Min(index, (ulong)_world.Options.SnapshotTrail));
                Disk.Write([new DiskOperation.Compact(start.Index)], static () => { });
            });
        }));
    }

    private void CountReady(RaftReady ready)
    {
        _world.Trace.Note(3, Number, ready.Sequence, _core!.Commit);
        if (ready.TruncateAfter is not null)
        {
            _world.Coverage.Count("truncations");
        }

        foreach (LogEntry entry in ready.Entries)
        {
            if (IsLeader && entry.Kind == EntryKind.Configuration && !_core.Configuration.Contains(Id))
            {
                _world.Faults.OnLeaving(this);
            }
        }

        bool isHit = _trigger switch
        {
            CrashTrigger.StateWrite => ready.State is not null,
            CrashTrigger.Append => ready.Entries.Count > 0,
            CrashTrigger.Truncation => ready.TruncateAfter is not null,
            CrashTrigger.Install => ready.Install is not null,
            _ => false,
        };
        if (isHit)
        {
            CrashWithin(_random.Between(TimeSpan.Zero, _world.Options.DiskDelayMax), TimeSpan.FromMilliseconds(300));
        }
    }

    private void CrashWithin(TimeSpan delay, TimeSpan restartMax)
    {
        _trigger = CrashTrigger.None;
        int boot = _boot;
        _world.Events.After(delay, () =>
        {
            if (boot == _boot)
            {
                Crash();
                _world.Events.After(_random.Between(TimeSpan.FromMilliseconds(1), restartMax), StartIfDown);
            }
        });
    }

    public void StartIfDown()
    {
        if (!IsUp)
        {
            Start();
        }
    }
}
