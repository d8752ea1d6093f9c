namespace Discovery;

/// <summary>Where a node stands between start and stop.</summary>
public enum NodePhase
{
    /// <summary>Its host has not started it yet.</summary>
    Created = 0,

    /// <summary>It works.</summary>
    Running = 1,

    /// <summary>It answers, but has ended every wait.</summary>
    Stopping = 2,

    /// <summary>It has left.</summary>
    Stopped = 3,
}
