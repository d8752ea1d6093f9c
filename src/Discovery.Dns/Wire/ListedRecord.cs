namespace Discovery.Wire;

/// <summary>A record of a <see cref="RecordList"/>: its owner and data are slices of the list's bytes.</summary>
internal struct ListedRecord
{
    public int Owner;

    /// <summary>0 when the owner is the name of the question.</summary>
    public int OwnerLength;
    public int Data;
    public int DataLength;
    public uint Ttl;
    public ushort Type;
}
