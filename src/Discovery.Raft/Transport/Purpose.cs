namespace Discovery.Transport;

/// <summary>What a connection is for; the numbers are on the wire.</summary>
internal enum Purpose : byte
{
    /// <summary>Messages of the protocol, from the one who opened it.</summary>
    Messages = 1,

    /// <summary>Proposals of the one who opened it, and their outcomes.</summary>
    Proposals = 2,

    /// <summary>One snapshot.</summary>
    Snapshot = 3,

    /// <summary>Nothing but the two hellos: who is at this address?</summary>
    Introduction = 4,
}
