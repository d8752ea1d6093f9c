namespace Discovery.Catalog;

/// <summary>A node and an id on it, ordered as the catalog's lists are.</summary>
internal readonly struct RowKey : IEquatable<RowKey>, IComparable<RowKey>
{
    private readonly string _foldedNode;

    public RowKey(string node, string id)
    {
        Node = node;
        Id = id;
        _foldedNode = node.ToLowerInvariant();
    }

    public string Node { get; }

    public string Id { get; }

    public bool Equals(RowKey other) => _foldedNode == other._foldedNode && Id == other.Id;

    public override bool Equals(object? obj) => obj is RowKey other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_foldedNode, Id);

    public int CompareTo(RowKey other)
    {
        int byNode = string.CompareOrdinal(_foldedNode, other._foldedNode);
        return byNode != 0 ? byNode : string.CompareOrdinal(Id, other.Id);
    }
}
