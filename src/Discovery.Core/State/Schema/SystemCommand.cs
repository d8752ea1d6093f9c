namespace Discovery;

/// <summary>The ids of the commands that the state machine itself answers, 0x0001 to 0x00FF of Core's range.</summary>
public static class SystemCommand
{
    /// <summary>Does nothing; takes an index. Empty body.</summary>
    public const ushort NoOperation = 0x0001;

    /// <summary>Gives a fresh state its lineage; ignored once there is one. Body: GUID, 16 bytes big endian.</summary>
    public const ushort BeginLineage = 0x0002;

    /// <summary>Enters a client into the deduplication table. Body: GUID, 16 bytes big endian.</summary>
    public const ushort OpenClient = 0x0003;

    /// <summary>Raises a module's schema version. Body: version (4 bytes little endian), module name (UTF-8).</summary>
    public const ushort RaiseSchema = 0x0004;

    /// <summary>Drops topics of absent objects. Body: highest index (8 bytes little endian), most topics (4 bytes little endian).</summary>
    public const ushort ReapTopics = 0x0005;
}
