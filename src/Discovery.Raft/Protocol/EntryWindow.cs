namespace Discovery.Protocol;

/// <summary>The newest entries of the log, in memory.</summary>
internal sealed class EntryWindow(ulong first)
{
    private LogEntry[] _ring = new LogEntry[64];
    private int _head;
    private int _count;

    /// <summary>The index of the first entry here, or of the next when there is none.</summary>
    public ulong First { get; private set; } = first;

    /// <summary>The index after the last entry.</summary>
    public ulong End => First + (ulong)_count;

    /// <summary>What the entries cost (<see cref="LogEntry.Cost"/>).</summary>
    public long Bytes { get; private set; }

    public void Append(in LogEntry entry)
    {
        Invariant.Check(entry.Index == End, "the window takes entries in order");
        if (_count == _ring.Length)
        {
            Grow();
        }

        At(_count++) = entry;
        Bytes += entry.Cost;
    }

    public void TruncateAfter(ulong index)
    {
        while (_count > 0 && End - 1 > index)
        {
            ref LogEntry last = ref At(--_count);
            Bytes -= last.Cost;
            last = default;
        }

        First = Math.Min(First, index + 1);
    }

    /// <summary>Drops entries from the front up to an index while the window is larger than it should be.</summary>
    public void Trim(ulong last, long bytesMax)
    {
        while (_count > 0 && First <= last && Bytes > bytesMax)
        {
            ref LogEntry entry = ref At(0);
            Bytes -= entry.Cost;
            entry = default;
            _head = (_head + 1) & (_ring.Length - 1);
            _count--;
            First++;
        }
    }

    public void Reset(ulong next)
    {
        Array.Clear(_ring);
        (_head, _count, Bytes, First) = (0, 0, 0, next);
    }

    /// <summary>The entries from one index to another, as many as fit into the bytes, at least one.</summary>
    public LogEntry[] Slice(ulong from, ulong to, long bytesMax)
    {
        Invariant.Check(from >= First && to < End && from <= to, "a slice outside of the window");
        int start = (int)(from - First);
        int most = (int)(to - from) + 1;
        int taken = 0;
        for (long bytes = 0; taken < most; taken++)
        {
            bytes += At(start + taken).Cost;
            if (bytes > bytesMax && taken > 0)
            {
                break;
            }
        }

        var slice = new LogEntry[taken];
        for (int i = 0; i < taken; i++)
        {
            slice[i] = At(start + i);
        }

        return slice;
    }

    private ref LogEntry At(int offset) => ref _ring[(_head + offset) & (_ring.Length - 1)];

    private void Grow()
    {
        var larger = new LogEntry[_ring.Length * 2];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = At(i);
        }

        (_ring, _head) = (larger, 0);
    }
}
