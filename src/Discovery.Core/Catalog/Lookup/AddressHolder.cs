namespace Discovery.Catalog;

/// <summary>Who has an address: a node, or an instance on a node. Nodes come first, then the order of the catalog's lists.</summary>
internal readonly record struct AddressHolder(RowKey Key, bool IsService) : IComparable<AddressHolder>
{
    public int CompareTo(AddressHolder other) =>
        IsService == other.IsService ? Key.CompareTo(other.Key) : IsService ? 1 : -1;
}
