namespace Discovery;

/// <summary>What is known of a write that ended in an exception.</summary>
public enum WriteOutcome
{
    /// <summary>The write was surely not applied; it is safe to try again.</summary>
    NotApplied,

    /// <summary>The write may or may not have been applied.</summary>
    Unknown,
}
