namespace Discovery.Answering;

/// <summary>What is told of a node, encoded once for each version of its row.</summary>
/// <param name="Node">The row.</param>
/// <param name="V4">Its address for who wants IPv4.</param>
/// <param name="V6">Its address for who wants IPv6.</param>
/// <param name="Any">Its address for who takes either.</param>
/// <param name="Plain">Its address without regard to tags.</param>
/// <param name="Name">Its name below the domain; null when the wire cannot carry it.</param>
/// <param name="Texts">Its metadata, each as the data of a TXT record.</param>
internal sealed record NodeRecords(
    CatalogNode Node, RecordAddress V4, RecordAddress V6, RecordAddress Any, RecordAddress Plain, byte[]? Name, byte[][] Texts)
{
    public RecordAddress For(AddressWanted wanted) => wanted switch
    {
        AddressWanted.V4 => V4,
        AddressWanted.V6 => V6,
        _ => Any,
    };
}
