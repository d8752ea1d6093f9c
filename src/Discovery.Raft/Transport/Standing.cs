namespace Discovery.Transport;

/// <summary>What a leader says of the server that has introduced itself; the numbers are on the wire.</summary>
internal enum Standing : byte
{
    /// <summary>The one who answers does not lead.</summary>
    Unknown = 0,

    /// <summary>It is a member.</summary>
    Member = 1,

    /// <summary>It never was one.</summary>
    Newcomer = 2,

    /// <summary>It was one, and was removed.</summary>
    Removed = 3,
}
