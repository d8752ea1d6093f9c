namespace Discovery.State.Trees;

/// <summary>
/// An immutable ordered map from bytes to values, with counts and maximum indexes of any range. Readers need no lock; an
/// <see cref="TreeEditor{T}"/> makes the next version, sharing every node that it did not touch.
/// </summary>
internal sealed class PersistentTree<T>
    where T : struct, ITreeValue
{
    public static readonly PersistentTree<T> Empty = new(null, null);

    internal PersistentTree(TreeNode<T>? root, TreePacker<T>? packer)
    {
        Root = root;
        Packer = packer;
    }

    internal TreeNode<T>? Root { get; }

    /// <summary>Packs the values, in a tree where they are.</summary>
    public TreePacker<T>? Packer { get; }

    public int Count => Root?.Size ?? 0;

    /// <summary>The highest index of any entry, 0 when empty.</summary>
    public ulong MaxIndex => Root?.MaxIndex ?? 0;

    public bool TryGet(ReadOnlySpan<byte> key, out TreeEntry<T> entry) => TreeSearch.TryGet(Root, key, out entry);

    /// <summary>The leaf and the position of a key, or null; a read that copies nothing.</summary>
    public TreeLeaf<T>? Find(ReadOnlySpan<byte> key, out int position) => TreeSearch.Find(Root, key, out position);

    public bool HasPrefix(ReadOnlySpan<byte> prefix) => TreeSearch.HasPrefix(Root, prefix);

    public bool TryGetFirst(ReadOnlySpan<byte> prefix, out TreeEntry<T> entry) => TreeSearch.TryGetFirst(Root, prefix, out entry);

    public int CountPrefix(ReadOnlySpan<byte> prefix) => TreeSearch.CountPrefix(Root, prefix);

    public ulong MaxIndexOfPrefix(ReadOnlySpan<byte> prefix) => TreeSearch.MaxIndexOfPrefix(Root, prefix);

    /// <summary>The entries whose key begins with <paramref name="prefix"/>, in key order.</summary>
    public TreeCursor<T> Scan(byte[] prefix) => new(Root, prefix, prefix);

    /// <summary>The entries whose key begins with <paramref name="prefix"/>, from <paramref name="from"/> on, in key order.</summary>
    public TreeCursor<T> Scan(byte[] prefix, ReadOnlySpan<byte> from) => new(Root, prefix, from);
}
