namespace Discovery;

/// <summary>What becomes of a failed member that is told to have left.</summary>
public enum ForceLeaveMode
{
    /// <summary>It stays listed, as one that has left.</summary>
    Leave = 0,

    /// <summary>It is listed no more.</summary>
    Prune = 1,
}
