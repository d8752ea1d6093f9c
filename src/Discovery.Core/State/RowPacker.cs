using Discovery.State.Trees;
using Discovery.Wire;

namespace Discovery.State;

/// <summary>Keeps rows of a table as their encoding, and makes rows of it again.</summary>
/// <param name="table">The table.</param>
/// <param name="isKeptEncoded">Which of its rows may be.</param>
internal sealed class RowPacker<TRow>(StateTable<TRow> table, Func<TRow, bool> isKeptEncoded) : TreePacker<RowCell<TRow>>
    where TRow : class
{
    private RecentRows<TRow>? _recent;

    public override int Above => table.EncodedAbove;

    public override bool TryPack(in RowCell<TRow> value, WireBuffer output)
    {
        if (!isKeptEncoded(value.Row))
        {
            return false;
        }

        table.Codec.Write(value.Row, output);
        return true;
    }

    public override RowCell<TRow> Rest(in RowCell<TRow> value) => value with { Row = null! };

    /// <summary>The row of an entry, a new object if it is packed.</summary>
    public TRow Unpack(in TreeEntry<RowCell<TRow>> entry) => entry.IsPacked ? table.Decode(entry.Packed) : entry.Value.Row;

    /// <summary>The row of a packed entry, the one that was remembered if there is one.</summary>
    public TRow Recall(in TreeEntry<RowCell<TRow>> entry)
    {
        RecentRows<TRow> recent = Volatile.Read(ref _recent) ?? Begin();
        if (!recent.TryGet(entry, out TRow? row))
        {
            row = Unpack(entry);
            recent.Note(entry, row);
        }

        return row;
    }

    private RecentRows<TRow> Begin()
    {
        var recent = new RecentRows<TRow>(table.OwnKey!);
        return Interlocked.CompareExchange(ref _recent, recent, null) ?? recent;
    }
}
