namespace Discovery.State.Watching;

/// <summary>The last change sets, bounded in bytes: what watchers that resume are served from. Local to the node.</summary>
internal sealed class ChangeRing(long bytesMax)
{
    private readonly Lock _lock = new();
    private StateChangeSet?[] _sets = new StateChangeSet?[256];
    private int _first;
    private int _count;
    private long _bytes;
    private ulong _coveredFrom;

    /// <summary>Every change after this index is in the ring.</summary>
    public ulong CoveredFrom
    {
        get
        {
            lock (_lock)
            {
                return _coveredFrom;
            }
        }
    }

    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    public void Append(IReadOnlyList<StateChangeSet> changes)
    {
        lock (_lock)
        {
            foreach (StateChangeSet set in changes)
            {
                if (_count == _sets.Length)
                {
                    Grow();
                }

                _sets[(_first + _count++) & (_sets.Length - 1)] = set;
                _bytes += set.BytesEstimate;
            }

            while (_bytes > bytesMax && _count > 0)
            {
                ref StateChangeSet? oldest = ref _sets[_first];
                _coveredFrom = oldest!.Index;
                _bytes -= oldest.BytesEstimate;
                oldest = null;
                _first = (_first + 1) & (_sets.Length - 1);
                _count--;
            }
        }
    }

    /// <summary>Forgets everything: the history before <paramref name="index"/> is another one.</summary>
    public void Reset(ulong index)
    {
        lock (_lock)
        {
            Array.Clear(_sets);
            _first = _count = 0;
            _bytes = 0;
            _coveredFrom = index;
        }
    }

    public bool TryGet(ulong index, out StateChangeSet? set)
    {
        lock (_lock)
        {
            int position = PositionAfter(index - 1);
            set = position < _count ? At(position) : null;
            return set?.Index == index;
        }
    }

    /// <summary>Copies up to <paramref name="most"/> change sets after an index, oldest first; false when some of them are gone.</summary>
    public bool TryCopyAfter(ulong index, int most, List<StateChangeSet> into)
    {
        lock (_lock)
        {
            if (index < _coveredFrom)
            {
                return false;
            }

            int first = PositionAfter(index);
            int end = Math.Min(_count, first + most);
            for (int position = first; position < end; position++)
            {
                into.Add(At(position));
            }

            return true;
        }
    }

    private StateChangeSet At(int position) => _sets[(_first + position) & (_sets.Length - 1)]!;

    private int PositionAfter(ulong index)
    {
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (At(middle).Index <= index)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Grow()
    {
        var larger = new StateChangeSet?[_sets.Length * 2];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = At(i);
        }

        _sets = larger;
        _first = 0;
    }
}
