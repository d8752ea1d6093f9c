namespace Discovery;

/// <summary>How the state machine answered one entry. The same on every server, and part of the replicated state.</summary>
public enum CommandStatus
{
    /// <summary>The command ran; its result says what came of it.</summary>
    Applied = 0,

    /// <summary>The command, of an application's module, threw; all that it had changed was rolled back.</summary>
    ModuleFailed = 1,

    /// <summary>The body could not be decoded; nothing was changed.</summary>
    MalformedBody = 2,

    /// <summary>The proposing client is not, or no longer, in the deduplication table; nothing was changed by this entry.</summary>
    UnknownClient = 3,

    /// <summary>The sequence number has left the client's window; whether it was applied earlier cannot be told any more.</summary>
    SequenceEvicted = 4,

    /// <summary>The command or its reactions changed more rows than one command may; all was rolled back.</summary>
    TooManyChanges = 5,
}
