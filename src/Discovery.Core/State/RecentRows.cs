using System.Diagnostics.CodeAnalysis;
using Discovery.State.Trees;

namespace Discovery.State;

/// <summary>
/// Remembers rows that were made of their encoding, up to a number of them, so that reading them again allocates nothing.
/// </summary>
/// <remarks>
/// A row is remembered when it is read the second time: rows that are read once, as in a walk over all keys, displace nobody. What is
/// remembered is right by what it is, not by when: a row of the same key, index and hash is the same row, in whichever version of the
/// state. Any number of readers at once; where two write the same place, one of them has remembered in vain, and the arrays beside the
/// rows are only hints. A row has one of two places.
/// </remarks>
internal sealed class RecentRows<TRow>(Func<TRow, byte[]> key)
    where TRow : class
{
    private const int Rows = 1 << 15;
    private const int Seen = 1 << 16;

    private readonly Known?[] _known = new Known?[Rows];
    private readonly ulong[] _hashes = new ulong[Rows];
    private readonly ushort[] _seen = new ushort[Seen];

    public bool TryGet(in TreeEntry<RowCell<TRow>> entry, [NotNullWhen(true)] out TRow? row)
    {
        int place = PlaceOf(entry.Value.Hash);
        return TryGet(place, entry, out row) || TryGet(place ^ 1, entry, out row);
    }

    /// <summary>Notes that a row was read, and remembers it if that was not the first time.</summary>
    public void Note(in TreeEntry<RowCell<TRow>> entry, TRow row)
    {
        ulong hash = entry.Value.Hash;
        ref ushort seen = ref _seen[(hash >> 16) & (Seen - 1)];
        var mark = (ushort)((hash >> 48) | 1);
        if (seen != mark)
        {
            seen = mark;
            return;
        }

        int place = PlaceOf(hash);
        if (_known[place] is { } first && (_known[place ^ 1] is not { } second || second.Index < first.Index))
        {
            // A free place, or that of the row which was written longer ago.
            place ^= 1;
        }

        Volatile.Write(ref _known[place], new Known(row, entry.Value.Index, hash));
        _hashes[place] = hash;
    }

    private static int PlaceOf(ulong hash) => (int)(hash & (Rows - 1));

    private bool TryGet(int place, in TreeEntry<RowCell<TRow>> entry, [NotNullWhen(true)] out TRow? row)
    {
        row = null;
        if (_hashes[place] != entry.Value.Hash || Volatile.Read(ref _known[place]) is not { } known)
        {
            return false;
        }

        row = known.Row;
        return known.Hash == entry.Value.Hash && known.Index == entry.Value.Index && key(row).AsSpan().SequenceEqual(entry.KeySpan);
    }

    private sealed record Known(TRow Row, ulong Index, ulong Hash);
}
