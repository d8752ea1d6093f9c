using Discovery.Wire;

namespace Discovery.State.Watching;

/// <summary>The last change sets, bounded in bytes: what watchers that resume are served from. Local to the node.</summary>
/// <remarks>
/// All but the newest are packed where their tables allow it, several in one array: there may be hundreds of thousands, of several objects
/// each.
/// </remarks>
internal sealed class ChangeRing(long bytesMax, ChangePacker packer)
{
    /// <summary>So many of the newest are kept as they are: those that somebody is likely to ask for.</summary>
    public const int Unpacked = 256;

    /// <summary>So many are packed at a time.</summary>
    public const int PackedAtOnce = 32;

    private readonly Lock _lock = new();
    private Slot[] _sets = new Slot[256];
    private int _first;
    private int _count;
    private long _bytes;
    private ulong _coveredFrom;

    // The newest, which nobody has tried to pack yet.
    private int _unpacked;

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

                SlotAt(_count++) = new Slot { Set = set, Index = set.Index, Bytes = set.BytesEstimate };
                _bytes += set.BytesEstimate;
                if (++_unpacked == Unpacked + PackedAtOnce)
                {
                    Pack(_count - _unpacked);
                    _unpacked = Unpacked;
                }
            }

            while (_bytes > bytesMax && _count > 0)
            {
                ref Slot oldest = ref _sets[_first];
                _coveredFrom = oldest.Index;
                _bytes -= oldest.Bytes;
                oldest = default;
                _first = (_first + 1) & (_sets.Length - 1);
                _count--;
            }

            _unpacked = Math.Min(_unpacked, _count);
        }
    }

    /// <summary>Forgets everything: the history before <paramref name="index"/> is another one.</summary>
    public void Reset(ulong index)
    {
        lock (_lock)
        {
            Array.Clear(_sets);
            _first = _count = _unpacked = 0;
            _bytes = 0;
            _coveredFrom = index;
        }
    }

    public bool TryGet(ulong index, out StateChangeSet? set)
    {
        Slot found;
        lock (_lock)
        {
            int position = PositionAfter(index - 1);
            found = position < _count ? SlotAt(position) : default;
        }

        set = found.Index == index && found.Set is not null ? Read(found) : null;
        return set is not null;
    }

    /// <summary>Copies up to <paramref name="most"/> change sets after an index, oldest first; false when some of them are gone.</summary>
    public bool TryCopyAfter(ulong index, int most, List<StateChangeSet> into)
    {
        Slot[] found;
        lock (_lock)
        {
            if (index < _coveredFrom)
            {
                return false;
            }

            int first = PositionAfter(index);
            found = new Slot[Math.Min(_count - first, most)];
            for (int i = 0; i < found.Length; i++)
            {
                found[i] = SlotAt(first + i);
            }
        }

        foreach (ref readonly Slot slot in found.AsSpan())
        {
            into.Add(Read(slot));
        }

        return true;
    }

    private ref Slot SlotAt(int position) => ref _sets[(_first + position) & (_sets.Length - 1)];

    // Outside the lock, so that the apply loop does not wait for it.
    private StateChangeSet Read(in Slot slot) => slot.Set as StateChangeSet ?? packer.Unpack(((byte[])slot.Set).AsSpan(slot.Start));

    private void Pack(int first)
    {
        using var bytes = new WireBuffer();
        int begin = first;
        for (int position = first; position < first + PackedAtOnce; position++)
        {
            ref Slot slot = ref SlotAt(position);
            slot.Start = bytes.WrittenCount;
            slot.IsPacked = packer.TryPack((StateChangeSet)slot.Set, bytes);
            if (bytes.WrittenCount >= ChangePacker.BytesMax || position == first + PackedAtOnce - 1)
            {
                Replace(begin, position, bytes.WrittenSpan.ToArray());
                bytes.Clear();
                begin = position + 1;
            }
        }
    }

    private void Replace(int first, int last, byte[] packed)
    {
        for (int position = first; position <= last; position++)
        {
            ref Slot slot = ref SlotAt(position);
            slot.Set = slot.IsPacked ? packed : slot.Set;
        }
    }

    private int PositionAfter(ulong index)
    {
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (SlotAt(middle).Index <= index)
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
        var larger = new Slot[_sets.Length * 2];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = SlotAt(i);
        }

        _sets = larger;
        _first = 0;
    }

    private struct Slot
    {
        /// <summary>A <see cref="StateChangeSet"/>, or the bytes of several.</summary>
        public object Set;
        public ulong Index;
        public int Bytes;

        /// <summary>Where in the bytes it begins.</summary>
        public int Start;
        public bool IsPacked;
    }
}
