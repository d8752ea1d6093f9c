namespace Discovery.State.Trees;

/// <summary>
/// Makes the next version of a tree. Nodes that this editor has copied once are then changed in place, until it publishes.
/// </summary>
internal sealed class TreeEditor<T>
    where T : struct, ITreeValue
{
    private readonly TreePacker<T>? _packer;
    private object _owner = new();
    private TreeNode<T>? _root;

    public TreeEditor(PersistentTree<T> tree)
    {
        _root = tree.Root;
        _packer = tree.Packer;
    }

    public int Count => _root?.Size ?? 0;

    public ulong MaxIndex => _root?.MaxIndex ?? 0;

    public bool TryGet(ReadOnlySpan<byte> key, out TreeEntry<T> entry) => TreeSearch.TryGet(_root, key, out entry);

    public bool HasPrefix(ReadOnlySpan<byte> prefix) => TreeSearch.HasPrefix(_root, prefix);

    public int CountPrefix(ReadOnlySpan<byte> prefix) => TreeSearch.CountPrefix(_root, prefix);

    public ulong MaxIndexOfPrefix(ReadOnlySpan<byte> prefix) => TreeSearch.MaxIndexOfPrefix(_root, prefix);

    /// <summary>A walk over the tree as it is; it must end before the next change.</summary>
    public TreeCursor<T> Scan(byte[] prefix) => new(_root, prefix, prefix);

    /// <summary>Publishes what has been made so far; the editor can go on and will copy what it changes next.</summary>
    public PersistentTree<T> ToTree()
    {
        _owner = new object();
        return new PersistentTree<T>(_root, _packer);
    }

    /// <summary>Adds or replaces, the array of the key too; says whether there was an entry before, and which.</summary>
    public bool Set(byte[] key, in T value, out TreeEntry<T> old) => Set(key, key, value, out old);

    /// <summary>Adds or replaces like the other, and copies the key only where there is none yet.</summary>
    public bool Set(ReadOnlySpan<byte> key, in T value, out TreeEntry<T> old) => Set(key, null, value, out old);

    private bool Set(ReadOnlySpan<byte> key, byte[]? array, in T value, out TreeEntry<T> old)
    {
        if (_root is null)
        {
            _root = new TreeLeaf<T>(_owner);
            _root.IndexKeys();
        }

        bool hasPrefixes = _root.Count == 0 || TreeSearch.HasPrefixes(_root, key);
        bool replaced = Insert(ref _root, key, array, hasPrefixes, value, out old, out Split split);
        if (split.Right is not null)
        {
            var root = new TreeBranch<T>(_owner) { Count = 1 };
            root.Children[0] = _root;
            root.Keys[0] = [];
            root.InsertAt(1, split.Right, split.Low!);
            root.Summarize();
            _root = root;
        }

        return replaced;
    }

    /// <summary>Removes; says whether there was an entry, and which.</summary>
    public bool Remove(ReadOnlySpan<byte> key, out TreeEntry<T> old)
    {
        if (_root is null || !TreeSearch.TryGet(_root, key, out old))
        {
            old = default;
            return false;
        }

        Delete(ref _root, key, old.Value.Index);
        while (_root is TreeBranch<T> { Count: 1 } branch)
        {
            _root = branch.Children[0];
        }

        if (_root.Count == 0)
        {
            _root = null;
        }

        return true;
    }

    private struct Split
    {
        public TreeNode<T>? Right;
        public byte[]? Low;
    }

    private TNode Own<TNode>(TNode node) where TNode : TreeNode<T> =>
        ReferenceEquals(node.Owner, _owner) ? node : (TNode)node.CopyFor(_owner);

    private bool Insert(
        ref TreeNode<T> node, ReadOnlySpan<byte> key, byte[]? array, bool hasPrefixes, in T value, out TreeEntry<T> old, out Split split)
    {
        if (node is not TreeBranch<T> shared)
        {
            return InsertIntoLeaf(ref node, key, array, hasPrefixes, value, out old, out split);
        }

        TreeBranch<T> branch = Own(shared);
        node = branch;
        int child = hasPrefixes ? branch.ChildWithin(key) : branch.ChildFor(key);
        if (!hasPrefixes)
        {
            branch.AdmitKey(key);
        }

        bool replaced = Insert(ref branch.Children[child], key, array, hasPrefixes, value, out old, out Split childSplit);
        branch.Size += replaced ? 0 : 1;
        split = default;
        if (childSplit.Right is not null)
        {
            branch.InsertAt(child + 1, childSplit.Right, childSplit.Low!);
            split = branch.Count > TreeNode<T>.FanOut ? SplitBranch(branch, child + 1) : default;
        }

        if (split.Right is null)
        {
            branch.NoteIndex(replaced ? old.Value.Index : 0, value.Index);
        }

        return replaced;
    }

    private bool InsertIntoLeaf(
        ref TreeNode<T> node, ReadOnlySpan<byte> key, byte[]? array, bool hasPrefixes, in T value, out TreeEntry<T> old, out Split split)
    {
        TreeLeaf<T> leaf = Own((TreeLeaf<T>)node);
        node = leaf;
        int position = hasPrefixes ? leaf.PositionWithin(key, isPast: false) : leaf.Position(key, isPast: false);
        split = default;
        if (leaf.IsAt(position, key))
        {
            old = leaf.EntryAt(position);
            leaf.Values[position] = value;
            leaf.Keys[position] = array ?? old.Key;
            leaf.NoteIndex(old.Value.Index, value.Index);
            NoteChange(leaf);
            return true;
        }

        old = default;
        if (!hasPrefixes)
        {
            leaf.AdmitKey(key);
        }

        leaf.InsertAt(position, array ?? key.ToArray(), value);
        bool isRun = position == leaf.LastInserted + 1;
        leaf.LastInserted = position;
        NoteChange(leaf, isAppended: position == leaf.Count - 1);
        if (leaf.Count > TreeNode<T>.FanOut)
        {
            split = SplitLeaf(leaf, isRun ? RunSplitPoint(leaf.Count, position) : SplitPoint(leaf.Count, position));
        }

        return false;
    }

    // A leaf that is being filled in key order is packed when it is full.
    private void NoteChange(TreeLeaf<T> leaf, bool isAppended = false)
    {
        leaf.Changes++;
        if (!isAppended && IsDue(leaf))
        {
            leaf.Pack(_packer!);
        }
    }

    private bool IsDue(TreeLeaf<T> leaf) =>
        _packer is { } packer && leaf.Changes >= TreePacker<T>.ChangesMax && _root!.Size >= packer.Above;

    // A split caused by appending leaves the left node full: keys that arrive in order fill the tree completely.
    private static int SplitPoint(int count, int inserted) => inserted == count - 1 ? count - 1 : count / 2;

    // Keys that arrive in order within one prefix of an index: what comes next belongs right behind the last, so the split is there.
    private static int RunSplitPoint(int count, int inserted) => Math.Min(inserted + 1, count - 1);

    private Split SplitLeaf(TreeLeaf<T> leaf, int from)
    {
        var right = new TreeLeaf<T>(_owner) { LastInserted = leaf.LastInserted - from };
        leaf.MoveTo(right, from);
        leaf.Summarize();
        leaf.IndexKeys();
        right.Summarize();
        right.IndexKeys();
        right.Changes = right.Count;
        if (leaf.Page is not null)
        {
            leaf.Pack(_packer!);
            right.Pack(_packer!);
        }
        else if (IsDue(leaf))
        {
            leaf.Pack(_packer!);
        }

        return new Split { Right = right, Low = right.Keys[0] ?? right.KeyAt(0).ToArray() };
    }

    private Split SplitBranch(TreeBranch<T> branch, int inserted)
    {
        int from = SplitPoint(branch.Count, inserted);
        var right = new TreeBranch<T>(_owner);
        branch.MoveTo(right, from);
        branch.Summarize();
        branch.IndexKeys();
        right.Summarize();
        right.IndexKeys();
        return new Split { Right = right, Low = right.Keys[0] };
    }

    // The caller has checked that the key is there, and knows the index of its entry.
    private void Delete(ref TreeNode<T> node, ReadOnlySpan<byte> key, ulong index)
    {
        if (node is TreeLeaf<T> sharedLeaf)
        {
            TreeLeaf<T> leaf = Own(sharedLeaf);
            node = leaf;
            leaf.RemoveAt(leaf.PositionWithin(key, isPast: false));
            leaf.NoteIndex(index, 0);
            NoteChange(leaf);
            return;
        }

        TreeBranch<T> branch = Own((TreeBranch<T>)node);
        node = branch;
        int child = branch.ChildWithin(key);
        Delete(ref branch.Children[child], key, index);
        branch.Size--;
        if (branch.Children[child].Count < TreeNode<T>.MergeBelow)
        {
            Mend(branch, child);
        }

        branch.NoteIndex(index, 0);
    }

    // Removes an empty child, or joins a small one with a neighbour where both fit into one node.
    private void Mend(TreeBranch<T> branch, int child)
    {
        if (branch.Children[child].Count == 0)
        {
            branch.RemoveAt(child);
            return;
        }

        int left = child > 0 ? child - 1 : child;
        if (left + 1 >= branch.Count || branch.Children[left].Count + branch.Children[left + 1].Count > TreeNode<T>.FanOut)
        {
            return;
        }

        if (branch.Children[left] is TreeLeaf<T> leaf)
        {
            leaf = Own(leaf);
            var right = (TreeLeaf<T>)branch.Children[left + 1];
            leaf.Reserve(leaf.Count + right.Count);
            right.CopyTo(leaf, 0);
            leaf.Summarize();
            leaf.IndexKeys();
            if (leaf.Page is not null)
            {
                leaf.Pack(_packer!);
            }

            branch.Children[left] = leaf;
        }
        else
        {
            TreeBranch<T> inner = Own((TreeBranch<T>)branch.Children[left]);
            var right = (TreeBranch<T>)branch.Children[left + 1];
            int joint = inner.Count;
            right.CopyTo(inner, 0);
            inner.Keys[joint] = branch.Keys[left + 1];
            inner.Summarize();
            inner.IndexKeys();
            branch.Children[left] = inner;
        }

        branch.RemoveAt(left + 1);
    }
}
