namespace Discovery;

/// <summary>Where a supervised loop stands.</summary>
public enum LoopPhase
{
    /// <summary>The body runs.</summary>
    Running,

    /// <summary>The body has thrown and is started again after the back-off.</summary>
    BackingOff,

    /// <summary>The body has returned.</summary>
    Completed,

    /// <summary>The body has thrown and is not started again.</summary>
    Failed,

    /// <summary>The loop was cancelled.</summary>
    Stopped,
}
