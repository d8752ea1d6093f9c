namespace Discovery.Catalog;

/// <summary>A node and an id on it, ordered as the catalog's lists are: by the bytes of their keys.</summary>
internal readonly struct RowKey : IEquatable<RowKey>, IComparable<RowKey>
{
    public RowKey(string node, string id)
    {
        Node = CatalogKeys.Fold(node);
        Id = id;
    }

    /// <summary>The node's name, folded.</summary>
    public string Node { get; }

    public string Id { get; }

    public bool Equals(RowKey other) => Node == other.Node && Id == other.Id;

    public override bool Equals(object? obj) => obj is RowKey other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Node, Id);

    public int CompareTo(RowKey other)
    {
        int byNode = CompareAsUtf8(Node, other.Node);
        return byNode != 0 ? byNode : CompareAsUtf8(Id, other.Id);
    }

    // UTF-8 orders by code point; UTF-16 puts surrogates, which stand for the highest code points, before U+E000.
    private static int CompareAsUtf8(string a, string b)
    {
        int same = a.AsSpan().CommonPrefixLength(b);
        if (same == a.Length || same == b.Length)
        {
            return a.Length - b.Length;
        }

        return Rank(a[same]) - Rank(b[same]);
    }

    private static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}
