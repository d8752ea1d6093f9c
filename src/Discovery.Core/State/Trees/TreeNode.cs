namespace Discovery.State.Trees;

/// <summary>
/// A node of a persistent B+ tree. A node is mutable only for the editor whose token is its <see cref="Owner"/>; once that editor has
/// published, nobody holds the token any more and the node is immutable.
/// </summary>
internal abstract class TreeNode<T>(object owner)
    where T : struct, ITreeValue
{
    public const int FanOut = 32;
    public const int MergeBelow = FanOut / 4;

    public readonly object Owner = owner;

    /// <summary>Entries of a leaf, children of a branch.</summary>
    public int Count;

    /// <summary>Entries in the whole subtree.</summary>
    public int Size;

    /// <summary>The highest index in the whole subtree.</summary>
    public ulong MaxIndex;

    public abstract TreeNode<T> CopyFor(object owner);

    /// <summary>Reckons <see cref="Size"/> and <see cref="MaxIndex"/> anew.</summary>
    public abstract void Summarize();

    /// <summary>Keeps <see cref="MaxIndex"/> right after one entry's index has changed; 0 stands for no entry.</summary>
    public void NoteIndex(ulong old, ulong index)
    {
        if (index >= MaxIndex)
        {
            MaxIndex = index;
        }
        else if (old == MaxIndex)
        {
            Summarize();
        }
    }
}

internal sealed class TreeLeaf<T>(object owner, int slots = TreeLeaf<T>.SlotsMax) : TreeNode<T>(owner)
    where T : struct, ITreeValue
{
    // One slot more than the fan-out: a leaf overflows for a moment before it is split.
    private const int SlotsMax = FanOut + 1;
    private const int SpareSlots = 2;

    public TreeEntry<T>[] Entries { get; private set; } = new TreeEntry<T>[slots];

    /// <summary>Where the last entry was inserted; a hint for the split, worthless after a removal and harmless then.</summary>
    public int LastInserted = -1;

    public override TreeNode<T> CopyFor(object owner)
    {
        // Where keys arrive in order more will follow; where they are scattered, a leaf is copied for one of them.
        int slots = LastInserted == Count - 1 ? SlotsMax : Math.Min(Count + SpareSlots, SlotsMax);
        var copy = new TreeLeaf<T>(owner, slots) { Count = Count, Size = Size, MaxIndex = MaxIndex, LastInserted = LastInserted };
        Array.Copy(Entries, copy.Entries, Count);
        return copy;
    }

    /// <summary>Makes room for so many entries, and for all that a leaf can have.</summary>
    public void Reserve(int count)
    {
        if (count > Entries.Length)
        {
            var larger = new TreeEntry<T>[SlotsMax];
            Array.Copy(Entries, larger, Count);
            Entries = larger;
        }
    }

    /// <summary>The position of the first entry whose key is not below <paramref name="key"/>.</summary>
    public int LowerBound(ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Entries[middle].Key.AsSpan().SequenceCompareTo(key) < 0)
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

    /// <summary>Whether <paramref name="key"/> is above every entry: one comparison for keys that arrive in order.</summary>
    public bool IsBeyond(ReadOnlySpan<byte> key) => Count > 0 && Entries[Count - 1].Key.AsSpan().SequenceCompareTo(key) < 0;

    public bool IsAt(int position, ReadOnlySpan<byte> key) => position < Count && Entries[position].Key.AsSpan().SequenceEqual(key);

    public override void Summarize()
    {
        Size = Count;
        ulong max = 0;
        for (int i = 0; i < Count; i++)
        {
            max = Math.Max(max, Entries[i].Value.Index);
        }

        MaxIndex = max;
    }
}

internal sealed class TreeBranch<T>(object owner) : TreeNode<T>(owner)
    where T : struct, ITreeValue
{
    public readonly TreeNode<T>[] Children = new TreeNode<T>[FanOut + 1];

    /// <summary>The lowest key that belongs to each child; the first is never looked at.</summary>
    public readonly byte[][] Lows = new byte[FanOut + 1][];

    public override TreeNode<T> CopyFor(object owner)
    {
        var copy = new TreeBranch<T>(owner) { Count = Count, Size = Size, MaxIndex = MaxIndex };
        Array.Copy(Children, copy.Children, Count);
        Array.Copy(Lows, copy.Lows, Count);
        return copy;
    }

    /// <summary>Whether <paramref name="key"/> lies in the range of the last child.</summary>
    public bool IsLast(ReadOnlySpan<byte> key) => Count > 1 && Lows[Count - 1].AsSpan().SequenceCompareTo(key) <= 0;

    /// <summary>The child in whose range <paramref name="key"/> lies.</summary>
    public int ChildFor(ReadOnlySpan<byte> key)
    {
        int low = 1;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Lows[middle].AsSpan().SequenceCompareTo(key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    public override void Summarize()
    {
        int size = 0;
        ulong max = 0;
        for (int i = 0; i < Count; i++)
        {
            size += Children[i].Size;
            max = Math.Max(max, Children[i].MaxIndex);
        }

        Size = size;
        MaxIndex = max;
    }

    public void InsertAt(int position, TreeNode<T> child, byte[] low)
    {
        Array.Copy(Children, position, Children, position + 1, Count - position);
        Array.Copy(Lows, position, Lows, position + 1, Count - position);
        Children[position] = child;
        Lows[position] = low;
        Count++;
    }

    public void RemoveAt(int position)
    {
        Count--;
        Array.Copy(Children, position + 1, Children, position, Count - position);
        Array.Copy(Lows, position + 1, Lows, position, Count - position);
        Children[Count] = null!;
        Lows[Count] = null!;
    }
}
