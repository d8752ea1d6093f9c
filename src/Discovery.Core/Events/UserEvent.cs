namespace Discovery;

/// <summary>A user event: a name and a few bytes that the nodes of a datacenter are told.</summary>
public sealed record UserEvent
{
    /// <summary>Its id: an event that comes twice is the same one, and counts once.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What came with it.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Whom it is for.</summary>
    public UserEventFilter Filter { get; init; } = UserEventFilter.All;

    /// <summary>The version of its form.</summary>
    /// <value>1, which is the only one there is.</value>
    public int Version { get; init; } = 1;

    /// <summary>When it was fired, on the Lamport clock of events: later than every event that its server had seen.</summary>
    /// <value>0 until it has been on its way.</value>
    public ulong LamportTime { get; init; }
}
