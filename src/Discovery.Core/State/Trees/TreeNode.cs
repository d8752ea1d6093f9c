using System.Runtime.CompilerServices;

namespace Discovery.State.Trees;

/// <summary>
/// A node of a persistent B+ tree. A node is mutable only for the editor whose token is its <see cref="Owner"/>; once that editor has
/// published, nobody holds the token any more and the node is immutable.
/// </summary>
/// <remarks>
/// All keys of a subtree, and the lower bounds that its branches keep, have their first <see cref="PrefixLength"/> bytes in common: no
/// more than they really share, often less after removals. <see cref="Words"/> holds the eight bytes that follow, one word per key. Where
/// words tell two keys apart they order like the keys; where they are equal, the keys themselves are compared.
/// </remarks>
internal abstract class TreeNode<T>(object owner, bool isLeaf)
    where T : struct, ITreeValue
{
    // One slot more than the fan-out: a node overflows for a moment before it is split.
    public const int FanOut = TreeWords.Slots - 1;
    public const int MergeBelow = TreeWords.Slots / 4;

    public readonly object Owner = owner;

    /// <summary>Whether this is a <see cref="TreeLeaf{T}"/>, otherwise it is a <see cref="TreeBranch{T}"/>.</summary>
    public readonly bool IsLeaf = isLeaf;

    /// <summary>Entries of a leaf, children of a branch.</summary>
    public int Count;

    /// <summary>Entries in the whole subtree.</summary>
    public int Size;

    /// <summary>How many bytes at their beginning all keys are known to have in common.</summary>
    public int PrefixLength;

    /// <summary>The highest index in the whole subtree.</summary>
    public ulong MaxIndex;

    /// <summary>A word per key, behind the common prefix.</summary>
    public TreeWords Words;

    /// <summary>The keys of a leaf; of a branch, the lowest key that belongs to each child but the first.</summary>
    /// <remarks>Null for a packed entry, whose key is in the page.</remarks>
    public TreeKeys Keys;

    /// <summary>The bytes of the packed entries of a leaf.</summary>
    public byte[]? Page;

    /// <summary>Where they begin.</summary>
    public TreeStarts Starts;

    /// <summary>The first position that has a key: a branch does not look at the lower bound of its first child.</summary>
    private int First
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsLeaf ? 0 : 1;
    }

    public abstract TreeNode<T> CopyFor(object owner);

    /// <summary>Reckons <see cref="Size"/> and <see cref="MaxIndex"/> anew.</summary>
    public abstract void Summarize();

    /// <summary>The lowest key in the subtree, or the highest.</summary>
    public abstract ReadOnlySpan<byte> EdgeKey(bool isLast);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> KeyAt(int position) => Keys[position] is { } key ? key : TreePage.KeyAt(Page!, Starts[position]);

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

    /// <summary>The position of the first key that is not below <paramref name="key"/>; with <paramref name="isPast"/>, that is above
    /// it.</summary>
    public int Position(ReadOnlySpan<byte> key, bool isPast)
    {
        if (PrefixLength > 0)
        {
            ReadOnlySpan<byte> prefix = KeyAt(First)[..PrefixLength];
            int order = key[..Math.Min(key.Length, PrefixLength)].SequenceCompareTo(prefix);
            if (order != 0)
            {
                return order < 0 ? First : Count;
            }
        }

        return PositionWithin(key, isPast);
    }

    /// <summary>
    /// The same for a key that has the node's prefix. For any other key it is some position: good enough to look for a key that, if it is
    /// in the subtree, must have the prefix.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PositionWithin(ReadOnlySpan<byte> key, bool isPast)
    {
        ulong word = TreeWords.Of(key, PrefixLength);
        int position = Math.Max(Words.CountBelow(word), First);
        return position < Count && Words[position] == word ? PositionAmongEqual(key, word, position, isPast) : position;
    }

    /// <summary>Reckons the prefix and the words anew.</summary>
    public void IndexKeys()
    {
        bool hasKeys = Count > First;
        IndexKeys(hasKeys ? EdgeKey(isLast: false).CommonPrefixLength(EdgeKey(isLast: true)) : 0);
    }

    /// <summary>Shortens the prefix where <paramref name="key"/>, which is about to be added, does not have it.</summary>
    public void AdmitKey(ReadOnlySpan<byte> key)
    {
        if (PrefixLength > 0)
        {
            int common = KeyAt(First)[..PrefixLength].CommonPrefixLength(key);
            if (common < PrefixLength)
            {
                IndexKeys(common);
            }
        }
    }

    protected void CopyCommonTo(TreeNode<T> copy)
    {
        copy.Count = Count;
        copy.Size = Size;
        copy.PrefixLength = PrefixLength;
        copy.MaxIndex = MaxIndex;
        copy.Words = Words;
        ReadOnlySpan<byte[]> keys = Keys;
        keys[..Count].CopyTo(copy.Keys);
        copy.Page = Page;
        copy.Starts = Starts;
    }

    /// <summary>Puts a key in that has the node's prefix, moving up those from <paramref name="position"/> on.</summary>
    protected void InsertKey(int position, byte[] key)
    {
        Span<byte[]> keys = Keys;
        keys[position..Count].CopyTo(keys[(position + 1)..]);
        keys[position] = key;
        if (Page is not null)
        {
            Span<ushort> starts = Starts;
            starts[position..Count].CopyTo(starts[(position + 1)..]);
        }

        Words.Insert(position, TreeWords.Of(key, PrefixLength));
    }

    /// <summary>Takes a key out, moving down those behind it.</summary>
    protected void RemoveKey(int position)
    {
        Span<byte[]> keys = Keys;
        keys[(position + 1)..Count].CopyTo(keys[position..]);
        keys[Count - 1] = null!;
        if (Page is not null)
        {
            Span<ushort> starts = Starts;
            starts[(position + 1)..Count].CopyTo(starts[position..]);
        }

        Words.Remove(position);
    }

    private void IndexKeys(int prefixLength)
    {
        PrefixLength = prefixLength;
        Words[0] = 0;
        for (int i = First; i < Count; i++)
        {
            Words[i] = TreeWords.Of(KeyAt(i), prefixLength);
        }

        Span<ulong> words = Words;
        words[Count..].Fill(TreeWords.Unused);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int PositionAmongEqual(ReadOnlySpan<byte> key, ulong word, int low, bool isPast)
    {
        int high = low + 1;
        while (high < Count && Words[high] == word)
        {
            high++;
        }

        while (low < high)
        {
            int middle = (low + high) >>> 1;
            int order = KeyAt(middle).SequenceCompareTo(key);
            if (order < 0 || (order == 0 && isPast))
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
}
