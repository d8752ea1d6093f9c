namespace Discovery.State;

/// <summary>One change of one row inside a command, with all that is needed to undo it.</summary>
internal struct JournalEntry
{
    public TableEditor Editor;
    public byte[] Key;
    public object? OldRow;
    public object? NewRow;
    public ulong OldIndex;
    public ulong OldHash;
    public int Bytes;

    /// <summary>False for a row that was added and deleted again.</summary>
    public readonly bool IsChange => OldRow is not null || NewRow is not null;
}
