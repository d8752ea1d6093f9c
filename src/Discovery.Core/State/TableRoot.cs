using Discovery.State.Snapshots;
using Discovery.State.Trees;

namespace Discovery.State;

/// <summary>One immutable version of a table.</summary>
internal abstract class TableRoot
{
    /// <summary>The index of the last command that changed the table, deletes included.</summary>
    public ulong ChangeIndex { get; init; }

    /// <summary>The sum of the hashes of all rows.</summary>
    public ulong Hash { get; init; }

    public abstract StateTable Table { get; }

    public abstract int Count { get; }

    /// <summary>The index of a row, 0 when there is none.</summary>
    public abstract ulong IndexOf(ReadOnlySpan<byte> key);

    /// <summary>The highest index of the rows whose key begins with a prefix.</summary>
    public abstract ulong IndexOfPrefix(ReadOnlySpan<byte> prefix);

    public abstract TableEditor Edit();

    /// <summary>Writes the rows in key order, one a step.</summary>
    public abstract IEnumerable<bool> WriteRows(SnapshotWriter writer);
}

internal sealed class TableRoot<TRow> : TableRoot
    where TRow : class
{
    private readonly StateTable<TRow> _table;

    public TableRoot(StateTable<TRow> table)
        : this(table, new PersistentTree<RowCell<TRow>>(null, table.Packer), NoIndexes(table.Indexes.Count))
    {
    }

    public TableRoot(StateTable<TRow> table, PersistentTree<RowCell<TRow>> rows, PersistentTree<IndexCell<TRow>>[] indexes)
    {
        _table = table;
        Rows = rows;
        Indexes = indexes;
    }

    public PersistentTree<RowCell<TRow>> Rows { get; }

    public PersistentTree<IndexCell<TRow>>[] Indexes { get; }

    public override StateTable Table => _table;

    public override int Count => Rows.Count;

    public override IEnumerable<bool> WriteRows(SnapshotWriter writer)
    {
        TreeCursor<RowCell<TRow>> cursor = Rows.Scan([]);
        while (cursor.MoveNext())
        {
            yield return writer.WriteRow(cursor.Current, _table.Codec);
        }
    }

    public override ulong IndexOf(ReadOnlySpan<byte> key) =>
        Rows.TryGet(key, out TreeEntry<RowCell<TRow>> entry) ? entry.Value.Index : 0;

    public override ulong IndexOfPrefix(ReadOnlySpan<byte> prefix) => Rows.MaxIndexOfPrefix(prefix);

    public override TableEditor Edit() => new TableEditor<TRow>(_table, this);

    private static PersistentTree<IndexCell<TRow>>[] NoIndexes(int count)
    {
        var indexes = new PersistentTree<IndexCell<TRow>>[count];
        Array.Fill(indexes, PersistentTree<IndexCell<TRow>>.Empty);
        return indexes;
    }
}
