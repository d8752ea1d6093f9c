using Discovery.State.Trees;

namespace Discovery;

/// <summary>Rows of a snapshot, to be read with <c>foreach</c>, as often as needed; nothing is copied.</summary>
/// <typeparam name="TRow">The row type.</typeparam>
public readonly struct StateRows<TRow>
    where TRow : class
{
    private readonly PersistentTree<TRow> _tree;
    private readonly byte[] _prefix;
    private readonly byte[] _from;

    internal StateRows(PersistentTree<TRow> tree, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> from)
    {
        _tree = tree;
        _prefix = prefix.ToArray();
        _from = from == prefix ? _prefix : from.ToArray();
    }

    /// <summary>Starts a walk; each call starts at the beginning.</summary>
    public Enumerator GetEnumerator() => new(_tree.Scan(_prefix, _from));

    /// <summary>Copies the rows.</summary>
    public List<TRow> ToList()
    {
        var rows = new List<TRow>();
        foreach (TRow row in this)
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Walks the rows.</summary>
    public struct Enumerator
    {
        private TreeCursor<TRow> _cursor;

        internal Enumerator(TreeCursor<TRow> cursor) => _cursor = cursor;

        /// <summary>The row that the walk stands on.</summary>
        public readonly TRow Current => _cursor.Current.Value;

        /// <summary>Goes to the next row.</summary>
        /// <returns>False at the end.</returns>
        public bool MoveNext() => _cursor.MoveNext();
    }
}
