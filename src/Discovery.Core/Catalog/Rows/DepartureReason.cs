namespace Discovery;

/// <summary>Why an instance left the catalog.</summary>
public enum DepartureReason
{
    /// <summary>Somebody deregistered it.</summary>
    Deregistered = 0,

    /// <summary>A check was critical for longer than DeregisterCriticalServiceAfter.</summary>
    CriticalTooLong = 1,

    /// <summary>Its agent stopped.</summary>
    AgentStopped = 2,

    /// <summary>Its node was removed.</summary>
    NodeRemoved = 3,

    /// <summary>Its agent no longer had it and took it out when it compared its own list with the catalog.</summary>
    UnknownToAgent = 4,

    /// <summary>The same id was registered as another service.</summary>
    Renamed = 5,
}
