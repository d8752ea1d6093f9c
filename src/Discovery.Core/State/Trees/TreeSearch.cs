using System.Runtime.CompilerServices;

namespace Discovery.State.Trees;

/// <summary>Read-only walks over the nodes of a tree, shared by trees and editors.</summary>
internal static class TreeSearch
{
    public static bool TryGet<T>(TreeNode<T>? node, ReadOnlySpan<byte> key, out TreeEntry<T> entry)
        where T : struct, ITreeValue
    {
        TreeLeaf<T>? leaf = Find(node, key, out int position);
        entry = leaf is null ? default : leaf.EntryAt(position);
        return leaf is not null;
    }

    /// <summary>The leaf and the position of a key, or null.</summary>
    /// <remarks>
    /// The way down does not look at the common prefixes: where the key is, it has them all, and where it is not, the one comparison at
    /// the end says so. So a search reads the nodes on its way and a single key.
    /// </remarks>
    public static TreeLeaf<T>? Find<T>(TreeNode<T>? node, ReadOnlySpan<byte> key, out int position)
        where T : struct, ITreeValue
    {
        position = 0;
        if (node is not null)
        {
            while (!node.IsLeaf)
            {
                TreeBranch<T> branch = AsBranch(node);
                node = branch.Children[branch.ChildWithin(key)];
            }

            TreeLeaf<T> leaf = AsLeaf(node);
            position = leaf.PositionWithin(key, isPast: false);
            if (leaf.IsAt(position, key))
            {
                return leaf;
            }
        }

        return null;
    }

    /// <summary>Whether <paramref name="key"/> has the prefixes of all nodes in whose ranges it lies; false if that is unknown.</summary>
    /// <remarks>
    /// The nodes on the way down share their prefixes with whatever key is found at its end: one comparison answers for all of them. And
    /// when they do, the way was the right one.
    /// </remarks>
    public static bool HasPrefixes<T>(TreeNode<T> node, ReadOnlySpan<byte> key)
        where T : struct, ITreeValue
    {
        int longest = node.PrefixLength;
        while (!node.IsLeaf)
        {
            TreeBranch<T> branch = AsBranch(node);
            node = branch.Children[branch.ChildWithin(key)];
            longest = Math.Max(longest, node.PrefixLength);
        }

        TreeLeaf<T> leaf = AsLeaf(node);
        int position = Math.Min(leaf.PositionWithin(key, isPast: false), leaf.Count - 1);
        return longest == 0 || leaf.KeyAt(position).CommonPrefixLength(key) >= longest;
    }

    // Every node is one or the other. Unsafe: in code shared by several T a checked cast is a call, and a search makes one for each level.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TreeBranch<T> AsBranch<T>(TreeNode<T> node)
        where T : struct, ITreeValue => Unsafe.As<TreeBranch<T>>(node);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TreeLeaf<T> AsLeaf<T>(TreeNode<T> node)
        where T : struct, ITreeValue => Unsafe.As<TreeLeaf<T>>(node);

    /// <summary>Whether any entry's key begins with <paramref name="prefix"/>.</summary>
    public static bool HasPrefix<T>(TreeNode<T>? node, ReadOnlySpan<byte> prefix)
        where T : struct, ITreeValue => TryGetFirst(node, prefix, out _);

    /// <summary>The first entry whose key begins with <paramref name="prefix"/>.</summary>
    public static bool TryGetFirst<T>(TreeNode<T>? node, ReadOnlySpan<byte> prefix, out TreeEntry<T> entry)
        where T : struct, ITreeValue
    {
        TreeNode<T>? next = null;
        while (node is TreeBranch<T> branch)
        {
            int child = branch.ChildFor(prefix);
            next = child + 1 < branch.Count ? branch.Children[child + 1] : next;
            node = branch.Children[child];
        }

        entry = default;
        if (node is not TreeLeaf<T> leaf)
        {
            return false;
        }

        int position = leaf.Position(prefix, isPast: false);
        if (position < leaf.Count)
        {
            entry = leaf.EntryAt(position);
            return entry.KeySpan.StartsWith(prefix);
        }

        while (next is TreeBranch<T> branch)
        {
            next = branch.Children[0];
        }

        if (next is not TreeLeaf<T> following)
        {
            return false;
        }

        entry = following.EntryAt(0);
        return entry.KeySpan.StartsWith(prefix);
    }

    public static int CountPrefix<T>(TreeNode<T>? root, ReadOnlySpan<byte> prefix)
        where T : struct, ITreeValue
    {
        if (prefix.IsEmpty)
        {
            return root?.Size ?? 0;
        }

        int end = TryGetSuccessor(prefix, out byte[] successor) ? Rank(root, successor) : root?.Size ?? 0;
        return end - Rank(root, prefix);
    }

    public static ulong MaxIndexOfPrefix<T>(TreeNode<T>? root, ReadOnlySpan<byte> prefix)
        where T : struct, ITreeValue
    {
        bool bounded = TryGetSuccessor(prefix, out byte[] successor);
        return root is null ? 0 : MaxIndexOfRange(root, prefix, bounded ? successor : null);
    }

    /// <summary>The number of entries whose key is below <paramref name="key"/>.</summary>
    private static int Rank<T>(TreeNode<T>? node, ReadOnlySpan<byte> key)
        where T : struct, ITreeValue
    {
        int rank = 0;
        while (node is TreeBranch<T> branch)
        {
            int child = branch.ChildFor(key);
            for (int i = 0; i < child; i++)
            {
                rank += branch.Children[i].Size;
            }

            node = branch.Children[child];
        }

        return node is TreeLeaf<T> leaf ? rank + leaf.Position(key, isPast: false) : rank;
    }

    // from: empty means from the start; to: null means to the end.
    private static ulong MaxIndexOfRange<T>(TreeNode<T> node, ReadOnlySpan<byte> from, byte[]? to)
        where T : struct, ITreeValue
    {
        if (from.IsEmpty && to is null)
        {
            return node.MaxIndex;
        }

        ulong max = 0;
        if (node is TreeLeaf<T> leaf)
        {
            int end = to is null ? leaf.Count : leaf.Position(to, isPast: false);
            for (int i = leaf.Position(from, isPast: false); i < end; i++)
            {
                max = Math.Max(max, leaf.Values[i].Index);
            }

            return max;
        }

        var branch = (TreeBranch<T>)node;
        int first = branch.ChildFor(from);
        int last = to is null ? branch.Count - 1 : branch.ChildFor(to);
        for (int i = first; i <= last; i++)
        {
            ReadOnlySpan<byte> childFrom = i == first ? from : default;
            byte[]? childTo = i == last ? to : null;
            max = Math.Max(max, MaxIndexOfRange(branch.Children[i], childFrom, childTo));
        }

        return max;
    }

    /// <summary>The lowest key above every key that begins with <paramref name="prefix"/>; none exists for a prefix of 0xFF only.</summary>
    private static bool TryGetSuccessor(ReadOnlySpan<byte> prefix, out byte[] successor)
    {
        int length = prefix.Length;
        while (length > 0 && prefix[length - 1] == 0xFF)
        {
            length--;
        }

        successor = prefix[..length].ToArray();
        if (length == 0)
        {
            return false;
        }

        successor[length - 1]++;
        return true;
    }
}
