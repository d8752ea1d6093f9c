using Discovery.Wire;

namespace Discovery.State;

/// <summary>Compares rows of the journal by table and key.</summary>
internal sealed class JournalKeyComparer : IEqualityComparer<(TableEditor Editor, byte[] Key)>
{
    public static readonly JournalKeyComparer Instance = new();

    public bool Equals((TableEditor Editor, byte[] Key) x, (TableEditor Editor, byte[] Key) y) =>
        ReferenceEquals(x.Editor, y.Editor) && x.Key.AsSpan().SequenceEqual(y.Key);

    public int GetHashCode((TableEditor Editor, byte[] Key) item) => (int)RowHash.Compute(item.Key, item.Editor.Table.HashSeed);
}
