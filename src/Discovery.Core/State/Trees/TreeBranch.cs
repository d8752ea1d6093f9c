using System.Numerics;

namespace Discovery.State.Trees;

/// <summary>A node that holds nodes, each with the lowest key that belongs to it.</summary>
internal sealed class TreeBranch<T>(object owner) : TreeNode<T>(owner, isLeaf: false)
    where T : struct, ITreeValue
{
    public TreeChildren<T> Children;

    public override TreeNode<T> CopyFor(object owner)
    {
        var copy = new TreeBranch<T>(owner);
        CopyCommonTo(copy);
        ReadOnlySpan<TreeNode<T>> children = Children;
        children[..Count].CopyTo(copy.Children);
        return copy;
    }

    public override ReadOnlySpan<byte> EdgeKey(bool isLast) => Children[isLast ? Count - 1 : 0].EdgeKey(isLast);

    /// <summary>The child in whose range <paramref name="key"/> lies.</summary>
    public int ChildFor(ReadOnlySpan<byte> key) => Position(key, isPast: true) - 1;

    /// <summary>The same for a key that has the node's prefix, or that is only looked for.</summary>
    public int ChildWithin(ReadOnlySpan<byte> key) => PositionWithin(key, isPast: true) - 1;

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

    /// <summary>Adds a child behind the first; <paramref name="low"/> has the node's prefix.</summary>
    public void InsertAt(int position, TreeNode<T> child, byte[] low)
    {
        Span<TreeNode<T>> children = Children;
        children[position..Count].CopyTo(children[(position + 1)..]);
        children[position] = child;
        InsertKey(position, low);
        Count++;

        // A branch begins with one child, about which no prefix says anything; while it grows it learns what its keys share.
        if (BitOperations.IsPow2(Count))
        {
            IndexKeys();
        }
    }

    public void RemoveAt(int position)
    {
        RemoveKey(position);
        Span<TreeNode<T>> children = Children;
        children[(position + 1)..Count].CopyTo(children[position..]);
        children[--Count] = null!;
        Words[0] = 0;
        if (Count <= 1)
        {
            IndexKeys();
        }
    }

    /// <summary>Moves the children from a position on behind those of another branch, which has room for them.</summary>
    public void MoveTo(TreeBranch<T> other, int from)
    {
        CopyTo(other, from);
        Span<byte[]> keys = Keys;
        Span<TreeNode<T>> children = Children;
        keys[from..Count].Clear();
        children[from..Count].Clear();
        Count = from;
    }

    /// <summary>Copies the children from a position on behind those of another branch, which has room for them.</summary>
    public void CopyTo(TreeBranch<T> other, int from)
    {
        ReadOnlySpan<byte[]> keys = Keys;
        Span<byte[]> keysAfter = other.Keys;
        keys[from..Count].CopyTo(keysAfter[other.Count..]);
        ReadOnlySpan<TreeNode<T>> children = Children;
        Span<TreeNode<T>> childrenAfter = other.Children;
        children[from..Count].CopyTo(childrenAfter[other.Count..]);
        other.Count += Count - from;
    }
}
