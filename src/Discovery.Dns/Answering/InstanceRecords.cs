namespace Discovery.Answering;

/// <summary>What is told of one instance of a service.</summary>
internal sealed class InstanceRecords
{
    public required ServiceInstance Instance { get; init; }

    public required NodeRecords Node { get; init; }

    public required RecordAddress V4 { get; init; }

    public required RecordAddress V6 { get; init; }

    public required RecordAddress Any { get; init; }

    /// <summary>The name that SRV points to: the node's, the address written as a name, or the host's; null when there is none.</summary>
    public required byte[]? Target { get; init; }

    public RecordAddress For(AddressWanted wanted) => wanted switch
    {
        AddressWanted.V4 => V4,
        AddressWanted.V6 => V6,
        _ => Any,
    };
}
