using System.Diagnostics.CodeAnalysis;
using Discovery.State.Trees;
using Discovery.Wire;

namespace Discovery.State;

/// <summary>Keeps rows of a table as their encoding, and makes rows of it again.</summary>
/// <remarks>
/// Rows that readers ask for by key are remembered, up to a number of them, so that what is read again and again costs no new object each
/// time. What is remembered is right by what it is, not by when: a row of the same key, index and hash is the same row, in whichever
/// version of the state. Two places are looked at for each row.
/// </remarks>
/// <param name="table">The table.</param>
/// <param name="isKeptEncoded">Which of its rows may be.</param>
internal sealed class RowPacker<TRow>(StateTable<TRow> table, Func<TRow, bool> isKeptEncoded) : TreePacker<RowCell<TRow>>
    where TRow : class
{
    private const int Remembered = 1 << 15;

    private Known?[]? _known;

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
    public TRow Unpack(in TreeEntry<RowCell<TRow>> entry)
    {
        if (!entry.IsPacked)
        {
            return entry.Value.Row;
        }

        bool isRow = table.Codec.TryRead(entry.Packed, out TRow? row);
        Invariant.Check(isRow, $"a row of {table} cannot be read from what was written of it");
        return row!;
    }

    /// <summary>The row of an entry, the one that was remembered if there is one.</summary>
    public TRow Recall(in TreeEntry<RowCell<TRow>> entry)
    {
        Known?[] known = Volatile.Read(ref _known) ?? Begin();
        int place = (int)(entry.Value.Hash & (Remembered - 1));
        if (TryRecall(known[place], entry, out TRow? row) || TryRecall(known[place ^ 1], entry, out row))
        {
            return row;
        }

        row = Unpack(entry);
        Remember(known, place, new Known(row, entry.Value.Index, entry.Value.Hash));
        return row;
    }

    // The one that was there longer gives way. Readers that write at the same time lose what one of them remembers, and nothing else.
    private static void Remember(Known?[] known, int place, Known row)
    {
        if (known[place] is { } other)
        {
            if (known[place ^ 1] is null)
            {
                place ^= 1;
            }
            else
            {
                Volatile.Write(ref known[place ^ 1], other);
            }
        }

        Volatile.Write(ref known[place], row);
    }

    private bool TryRecall(Known? known, in TreeEntry<RowCell<TRow>> entry, [NotNullWhen(true)] out TRow? row)
    {
        row = known?.Row;
        return known is not null
            && known.Hash == entry.Value.Hash
            && known.Index == entry.Value.Index
            && table.OwnKey!(known.Row).AsSpan().SequenceEqual(entry.KeySpan);
    }

    private Known?[] Begin()
    {
        var known = new Known?[Remembered];
        return Interlocked.CompareExchange(ref _known, known, null) ?? known;
    }

    private sealed record Known(TRow Row, ulong Index, ulong Hash);
}
