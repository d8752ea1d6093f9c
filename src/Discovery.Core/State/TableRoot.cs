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

    public abstract TableEditor Edit();

    /// <summary>Writes the rows in key order, one a step.</summary>
    public abstract IEnumerable<bool> WriteRows(SnapshotWriter writer);
}

internal sealed class TableRoot<TRow> : TableRoot
    where TRow : class
{
    private readonly StateTable<TRow> _table;

    public TableRoot(StateTable<TRow> table)
        : this(table, PersistentTree<RowCell<TRow>>.Empty, NoIndexes(table.Indexes.Count))
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

    public override TableEditor Edit() => new TableEditor<TRow>(_table, this);

    private static PersistentTree<IndexCell<TRow>>[] NoIndexes(int count)
    {
        var indexes = new PersistentTree<IndexCell<TRow>>[count];
        Array.Fill(indexes, PersistentTree<IndexCell<TRow>>.Empty);
        return indexes;
    }
}
