namespace Discovery.State.Trees;

/// <summary>Walks the entries of one prefix in key order, once; usable in <c>foreach</c>.</summary>
/// <remarks>Copies share their path: only one of them may be moved.</remarks>
internal struct TreeCursor<T>
    where T : struct, ITreeValue
{
    private readonly byte[] _prefix;
    private readonly (TreeBranch<T> Branch, int Child)[] _path;
    private int _depth;
    private TreeLeaf<T>? _leaf;
    private int _position;

    internal TreeCursor(TreeNode<T>? root, byte[] prefix, ReadOnlySpan<byte> from)
    {
        _prefix = prefix;
        _path = root is TreeBranch<T> ? new (TreeBranch<T>, int)[16] : [];
        _depth = 0;
        ReadOnlySpan<byte> start = from.SequenceCompareTo(prefix) < 0 ? prefix : from;
        TreeNode<T>? node = root;
        while (node is TreeBranch<T> branch)
        {
            int child = branch.ChildFor(start);
            _path[_depth++] = (branch, child);
            node = branch.Children[child];
        }

        _leaf = node as TreeLeaf<T>;
        _position = _leaf is null ? 0 : _leaf.LowerBound(start) - 1;
    }

    public readonly ref readonly TreeEntry<T> Current => ref _leaf!.Entries[_position];

    public readonly TreeCursor<T> GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_leaf is null)
        {
            return false;
        }

        if (++_position >= _leaf.Count && !MoveToNextLeaf())
        {
            return false;
        }

        if (Current.Key.AsSpan().StartsWith(_prefix))
        {
            return true;
        }

        _leaf = null;
        return false;
    }

    private bool MoveToNextLeaf()
    {
        while (_depth > 0)
        {
            ref (TreeBranch<T> Branch, int Child) top = ref _path[_depth - 1];
            if (++top.Child < top.Branch.Count)
            {
                TreeNode<T> node = top.Branch.Children[top.Child];
                while (node is TreeBranch<T> branch)
                {
                    _path[_depth++] = (branch, 0);
                    node = branch.Children[0];
                }

                _leaf = (TreeLeaf<T>)node;
                _position = 0;
                return true;
            }

            _depth--;
        }

        _leaf = null;
        return false;
    }
}
