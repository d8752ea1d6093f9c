using System.Buffers;
using Discovery.Wire;

namespace Discovery.State.Trees;

/// <summary>A node that holds entries.</summary>
internal sealed class TreeLeaf<T>(object owner, int slots = TreeWords.Slots) : TreeNode<T>(owner, isLeaf: true)
    where T : struct, ITreeValue
{
    private const int SpareSlots = 2;

    public T[] Values { get; private set; } = new T[slots];

    /// <summary>Where the last entry was inserted; a hint for the split, worthless after a removal and harmless then.</summary>
    public int LastInserted = -1;

    /// <summary>Changes since the leaf was packed.</summary>
    public int Changes;

    public override TreeNode<T> CopyFor(object owner)
    {
        // Where keys arrive in order more will follow; where they are scattered, a leaf is copied for one of them.
        int slots = LastInserted == Count - 1 ? TreeWords.Slots : Math.Min(Count + SpareSlots, TreeWords.Slots);
        var copy = new TreeLeaf<T>(owner, slots) { LastInserted = LastInserted, Changes = Changes };
        CopyCommonTo(copy);
        Array.Copy(Values, copy.Values, Count);
        return copy;
    }

    public override ReadOnlySpan<byte> EdgeKey(bool isLast) => KeyAt(isLast ? Count - 1 : 0);

    public bool IsAt(int position, ReadOnlySpan<byte> key) => position < Count && KeyAt(position).SequenceEqual(key);

    public TreeEntry<T> EntryAt(int position) => new(Keys[position], Values[position], Page, Starts[position]);

    public override void Summarize()
    {
        Size = Count;
        ulong max = 0;
        for (int i = 0; i < Count; i++)
        {
            max = Math.Max(max, Values[i].Index);
        }

        MaxIndex = max;
    }

    /// <summary>Makes room for so many entries, and for all that a leaf can have.</summary>
    public void Reserve(int count)
    {
        if (count > Values.Length)
        {
            var larger = new T[TreeWords.Slots];
            Array.Copy(Values, larger, Count);
            Values = larger;
        }
    }

    /// <summary>Adds an entry whose key has the leaf's prefix.</summary>
    public void InsertAt(int position, byte[] key, in T value)
    {
        Reserve(Count + 1);
        Array.Copy(Values, position, Values, position + 1, Count - position);
        Values[position] = value;
        InsertKey(position, key);
        Count++;
        Size = Count;
        MaxIndex = Math.Max(MaxIndex, value.Index);
        if (Count == 1)
        {
            IndexKeys();
        }
    }

    public void RemoveAt(int position)
    {
        RemoveKey(position);
        Count--;
        Size = Count;
        Array.Copy(Values, position + 1, Values, position, Count - position);
        Values[Count] = default;
    }

    /// <summary>Moves the entries from a position on behind those of another leaf, which has room for them.</summary>
    public void MoveTo(TreeLeaf<T> other, int from)
    {
        CopyTo(other, from);
        Span<byte[]> keys = Keys;
        keys[from..Count].Clear();
        Array.Clear(Values, from, Count - from);
        Count = from;
    }

    /// <summary>Copies the entries from a position on behind those of another leaf, which has room for them.</summary>
    public void CopyTo(TreeLeaf<T> other, int from)
    {
        ReadOnlySpan<byte[]> keys = Keys;
        Span<byte[]> target = other.Keys;
        keys[from..Count].CopyTo(target[other.Count..]);
        CopyPageTo(other, from);
        Array.Copy(Values, from, other.Values, other.Count, Count - from);
        other.Count += Count - from;
    }

    /// <summary>Packs the entries that the packer takes, and leaves out of the page what was replaced or removed.</summary>
    /// <remarks>When the packer throws, the leaf is what it was.</remarks>
    public void Pack(TreePacker<T> packer)
    {
        using var bytes = new WireBuffer(Page?.Length ?? 0);
        TreeStarts starts = Starts;
        Span<bool> arePacked = stackalloc bool[Count];
        for (int i = 0; i < Count; i++)
        {
            int start = bytes.WrittenCount;
            if (Keys[i] is not { } key)
            {
                bytes.Write(TreePage.EntryAt(Page!, Starts[i]));
                starts[i] = (ushort)start;
            }
            else if (TryPack(packer, key, Values[i], bytes))
            {
                arePacked[i] = true;
                starts[i] = (ushort)start;
            }
        }

        Page = bytes.WrittenCount == 0 ? null : bytes.WrittenSpan.ToArray();
        Starts = starts;
        Changes = 0;
        for (int i = 0; i < Count; i++)
        {
            if (arePacked[i])
            {
                Keys[i] = null!;
                Values[i] = packer.Rest(Values[i]);
            }
        }
    }

    private static bool TryPack(TreePacker<T> packer, byte[] key, in T value, WireBuffer bytes)
    {
        int start = bytes.WrittenCount;
        if (key.Length > TreePage.EntryBytesMax)
        {
            return false;
        }

        TreePage.Begin(bytes, key);
        if (packer.TryPack(value, bytes))
        {
            return TreePage.TryEnd(bytes, start, key.Length);
        }

        bytes.Truncate(start);
        return false;
    }

    // Two leaves that become one may have a page each: they are put behind one another.
    private void CopyPageTo(TreeLeaf<T> other, int from)
    {
        if (Page is not { } page)
        {
            return;
        }

        int shift = 0;
        if (other.Page is { } first)
        {
            shift = first.Length;
            page = [.. first, .. page];
        }

        other.Page = page;
        for (int i = from; i < Count; i++)
        {
            other.Starts[other.Count + i - from] = (ushort)(Starts[i] + shift);
        }
    }
}
