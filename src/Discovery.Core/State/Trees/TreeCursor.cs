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
    private int _end;

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
        _position = _end = 0;
        if (_leaf is not null)
        {
            int first = _leaf.Position(start, isPast: false);
            _position = first - 1;
            _end = EndFrom(first);
        }
    }

    public readonly TreeEntry<T> Current => _leaf!.EntryAt(_position);

    public readonly ref readonly T Value => ref _leaf!.Values[_position];

    public readonly TreeCursor<T> GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_leaf is null)
        {
            return false;
        }

        if (++_position < _end || (_position == _leaf.Count && MoveToNextLeaf()))
        {
            return true;
        }

        _leaf = null;
        return false;
    }

    // Where the entries with the prefix end in this leaf. Most leaves of a scan have it from first to last, which one key tells.
    private readonly int EndFrom(int first)
    {
        int low = first;
        int high = _leaf!.Count;
        if (_prefix.Length == 0 || high == 0 || (low < high && _leaf.KeyAt(high - 1).StartsWith(_prefix)))
        {
            return high;
        }

        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_leaf.KeyAt(middle).StartsWith(_prefix))
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
                _end = EndFrom(0);
                return _end > 0;
            }

            _depth--;
        }

        _leaf = null;
        return false;
    }
}
