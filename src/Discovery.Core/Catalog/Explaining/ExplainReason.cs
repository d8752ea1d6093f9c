namespace Discovery;

/// <summary>Why an instance is returned, or is not. The codes are stable.</summary>
public enum ExplainReason
{
    /// <summary>It is returned.</summary>
    Returned = 0,

    /// <summary>No instance of the service is, or was lately, in the catalog.</summary>
    UnknownService = 1,

    /// <summary>The service is there, an instance of that id is not, and was not lately.</summary>
    UnknownInstance = 2,

    /// <summary>A check of the instance is critical.</summary>
    CheckCritical = 3,

    /// <summary>A check of the instance warns, and the query is for passing instances.</summary>
    CheckWarning = 4,

    /// <summary>A check of its node is critical.</summary>
    NodeCheckCritical = 5,

    /// <summary>A check of its node warns, and the query is for passing instances.</summary>
    NodeCheckWarning = 6,

    /// <summary>The instance is in maintenance.</summary>
    ServiceMaintenance = 7,

    /// <summary>Its node is in maintenance.</summary>
    NodeMaintenance = 8,

    /// <summary>It is being stopped.</summary>
    Draining = 9,

    /// <summary>It lacks a tag that the query asks for.</summary>
    TagMissing = 10,

    /// <summary>Its node lacks metadata that the query asks for.</summary>
    NodeMetaMissing = 11,

    /// <summary>The filter expression does not accept it.</summary>
    FilterRejected = 12,

    /// <summary>It was deregistered.</summary>
    Deregistered = 13,

    /// <summary>It was deregistered because a check stayed critical for too long.</summary>
    DeregisteredCritical = 14,

    /// <summary>It left with its agent, which stopped.</summary>
    AgentStopped = 15,

    /// <summary>It left with its node, which was removed.</summary>
    NodeRemoved = 16,

    /// <summary>Its agent no longer knew it.</summary>
    UnknownToAgent = 17,

    /// <summary>Its id was registered as another service.</summary>
    Renamed = 18,
}
