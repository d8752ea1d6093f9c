namespace Discovery;

/// <summary>What a supervisor does when the body of a loop throws.</summary>
public enum LoopRestart
{
    /// <summary>The loop is started again after a back-off.</summary>
    OnFailure,

    /// <summary>The loop stays failed.</summary>
    Never,
}
