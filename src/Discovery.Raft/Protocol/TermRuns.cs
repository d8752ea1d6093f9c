namespace Discovery.Protocol;

/// <summary>The term of every entry from a snapshot on, kept as runs: terms change rarely.</summary>
internal sealed class TermRuns
{
    private readonly List<LogPosition> _runs = [];
    private ulong _last;

    /// <summary>Begins after a snapshot, or at <see cref="LogPosition.Zero"/>.</summary>
    public TermRuns(LogPosition start)
    {
        _runs.Add(start);
        _last = start.Index;
    }

    /// <summary>The entry before the first: the last that the snapshot covers.</summary>
    public LogPosition Start => _runs[0];

    public LogPosition Last => new(_last, _runs[^1].Term);

    public void Append(ulong index, ulong term)
    {
        Invariant.Check(index == _last + 1, "entries are appended without a gap");
        Invariant.Check(term >= _runs[^1].Term, "terms do not go back along a log");
        if (term != _runs[^1].Term)
        {
            _runs.Add(new LogPosition(index, term));
        }

        _last = index;
    }

    /// <summary>The term of an entry; false when it is before the start or after the end.</summary>
    public bool TryFind(ulong index, out ulong term)
    {
        term = 0;
        if (index < Start.Index || index > _last)
        {
            return false;
        }

        int run = _runs.Count - 1;
        while (_runs[run].Index > index)
        {
            run--;
        }

        term = _runs[run].Term;
        return true;
    }

    /// <summary>The last entry at or before an index that is of a term at most <paramref name="term"/>; never before the start.</summary>
    public LogPosition FindAtMost(ulong index, ulong term)
    {
        index = Math.Min(index, _last);
        int run = _runs.Count - 1;
        while (run > 0 && (_runs[run].Index > index || _runs[run].Term > term))
        {
            index = Math.Min(index, _runs[run].Index - 1);
            run--;
        }

        return _runs[run].Term > term ? Start : new LogPosition(index, _runs[run].Term);
    }

    /// <summary>Drops everything after an index.</summary>
    public void TruncateAfter(ulong index)
    {
        Invariant.Check(index >= Start.Index && index <= _last, "a cut outside of the log");
        while (_runs.Count > 1 && _runs[^1].Index > index)
        {
            _runs.RemoveAt(_runs.Count - 1);
        }

        _last = index;
    }

    /// <summary>Drops everything before an index, which becomes the start.</summary>
    public void CompactTo(ulong index)
    {
        Invariant.Check(TryFind(index, out ulong term), "a compaction outside of the log");
        int kept = _runs.FindLastIndex(run => run.Index <= index);
        _runs.RemoveRange(0, kept);
        _runs[0] = new LogPosition(index, term);
    }

    /// <summary>Begins anew after a snapshot that the log does not lead up to.</summary>
    public void Reset(LogPosition start)
    {
        _runs.Clear();
        _runs.Add(start);
        _last = start.Index;
    }
}
