using Discovery.State;
using Discovery.State.Trees;

namespace Discovery;

/// <summary>Rows of a snapshot, to be read with <c>foreach</c>, as often as needed; nothing is copied.</summary>
/// <typeparam name="TRow">The row type.</typeparam>
public readonly struct StateRows<TRow>
    where TRow : class
{
    private readonly PersistentTree<RowCell<TRow>>? _table;
    private readonly PersistentTree<IndexCell<TRow>>? _index;
    private readonly byte[] _prefix;
    private readonly byte[] _from;

    internal StateRows(PersistentTree<RowCell<TRow>> table, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> from)
        : this(prefix, from) => _table = table;

    internal StateRows(PersistentTree<IndexCell<TRow>> index, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> from)
        : this(prefix, from) => _index = index;

    private StateRows(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> from)
    {
        _prefix = prefix.ToArray();
        _from = from == prefix ? _prefix : from.ToArray();
    }

    /// <summary>Starts a walk; each call starts at the beginning.</summary>
    public Enumerator GetEnumerator() => _table is null
        ? new(_index!.Scan(_prefix, _from))
        : new(_table.Scan(_prefix, _from), (RowPacker<TRow>?)_table.Packer);

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
        private readonly bool _isIndex;
        private readonly RowPacker<TRow>? _packer;
        private TreeCursor<RowCell<TRow>> _table;
        private TreeCursor<IndexCell<TRow>> _index;

        internal Enumerator(TreeCursor<RowCell<TRow>> table, RowPacker<TRow>? packer)
        {
            _table = table;
            _packer = packer;
        }

        internal Enumerator(TreeCursor<IndexCell<TRow>> index)
        {
            _isIndex = true;
            _index = index;
        }

        /// <summary>The row that the walk stands on.</summary>
        public readonly TRow Current => _isIndex ? _index.Value.Row : _table.Value.Row ?? _packer!.Unpack(_table.Current);

        /// <summary>Goes to the next row.</summary>
        /// <returns>False at the end.</returns>
        public bool MoveNext() => _isIndex ? _index.MoveNext() : _table.MoveNext();
    }
}
