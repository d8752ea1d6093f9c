namespace Discovery.Protocol;

/// <content>What goes out, and what comes back when it is done.</content>
internal sealed partial class RaftCore
{
    /// <summary>Takes what the inputs so far ask for; null when that is nothing. Each value must be carried out, in order.</summary>
    public RaftReady? TakeReady(TimeSpan now)
    {
        Advance(now);
        if (Role == RaftRole.Leader)
        {
            SendToPeers();
            LeaveWhenRemoved();
        }

        LogEntry[] entries = _log.TakeForDisk(out ulong? truncateAfter);
        LogEntry[] apply = TakeForApply();
        HardState? state = _state != _handedState ? _state : null;
        bool hasAnything = state is not null || _install is not null || truncateAfter is not null || entries.Length > 0 || apply.Length > 0
            || _sendNow.Count > 0 || _sendAfterPersist.Count > 0 || _loads.Count > 0 || _snapshots.Count > 0 || _reads.Count > 0;
        if (!hasAnything)
        {
            return null;
        }

        var ready = new RaftReady
        {
            Sequence = ++_sequence,
            Term = Term,
            State = state,
            Install = _install,
            TruncateAfter = truncateAfter,
            Entries = entries,
            SendNow = Take(_sendNow),
            SendAfterPersist = Take(_sendAfterPersist),
            Apply = apply,
            Loads = Take(_loads),
            SendSnapshotTo = Take(_snapshots),
            Reads = Take(_reads),
        };
        _handedState = _state;
        _install = null;
        if (ready.HasWrites)
        {
            _writing.Enqueue(new Written(_sequence, _log.Last, _state, _now));
        }

        return ready;
    }

    /// <summary>Since when the disk has not answered to a value that was handed out; null when it has answered to all.</summary>
    public TimeSpan? WritingSince => _writing.TryPeek(out Written oldest) ? oldest.Since : null;

    /// <summary>The disk has everything of a value and of all before it.</summary>
    public void OnPersisted(ulong sequence, TimeSpan now)
    {
        Advance(now);
        while (_writing.TryPeek(out Written written) && written.Sequence <= sequence)
        {
            _writing.Dequeue();
            _persistedState = written.State;
            _log.PersistedTo(written.Last);
            if (Role == RaftRole.Candidate && written.State == _state)
            {
                CountVote(Self, isGranted: true);
            }
        }

        if (Role == RaftRole.Leader)
        {
            AdvanceCommit();
        }
    }

    /// <summary>The state machine has everything up to an index.</summary>
    public void OnApplied(ulong index, TimeSpan now)
    {
        Advance(now);
        while (_applying.TryPeek(out (ulong Last, long Bytes) oldest) && oldest.Last <= index)
        {
            _applyingBytes -= oldest.Bytes;
            _applying.Dequeue();
        }

        _log.AppliedTo(index);
    }

    /// <summary>A snapshot on this server's disk covers everything up to an index.</summary>
    /// <returns>Where the log begins now: the disk may drop what is before.</returns>
    public LogPosition OnCompacted(ulong index)
    {
        _log.CompactTo(index);
        return _log.Start;
    }

    /// <summary>What the snapshot of the state at an applied index stands for.</summary>
    public SnapshotMeta DescribeSnapshot(ulong index)
    {
        bool isKnown = _log.TryFindTerm(index, out ulong term);
        Invariant.Check(isKnown, $"a snapshot at {index}, which the log does not reach");
        return new SnapshotMeta(new LogPosition(index, term), _log.ConfigurationAt(index));
    }

    /// <summary>The entries that were asked for, or none when the disk no longer has them.</summary>
    public void OnLoaded(LoadRequest request, IReadOnlyList<LogEntry> entries, TimeSpan now)
    {
        Advance(now);
        if (request.For != VoterId.None)
        {
            OnLoadedForPeer(request, entries);
            return;
        }

        _isLoadingToApply = false;
        if (_log.TryHandOut(entries))
        {
            _loadedToApply.AddRange(entries);
        }
    }

    private static T[] Take<T>(List<T> list)
    {
        if (list.Count == 0)
        {
            return [];
        }

        T[] taken = [.. list];
        list.Clear();
        return taken;
    }

    private LogEntry[] TakeForApply()
    {
        LogEntry[] apply = _loadedToApply.Count > 0 ? Take(_loadedToApply) : _log.TakeForApply(_options.ApplyBytesMax - _applyingBytes);
        if (apply.Length > 0)
        {
            long bytes = apply.Sum(static entry => (long)entry.Cost);
            _applying.Enqueue((apply[^1].Index, bytes));
            _applyingBytes += bytes;
        }

        if (_log.MustLoadToApply && !_isLoadingToApply && _applyingBytes < _options.ApplyBytesMax)
        {
            _isLoadingToApply = true;
            _loads.Add(new LoadRequest(VoterId.None, Term, _log.HandedToApply + 1, _log.Commit, _options.ApplyBytesMax));
        }

        return apply;
    }
}
