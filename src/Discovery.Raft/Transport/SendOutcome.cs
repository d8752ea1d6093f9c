namespace Discovery.Transport;

/// <summary>What became of something that was to be sent.</summary>
internal enum SendOutcome
{
    /// <summary>It waits to be sent.</summary>
    Added,

    /// <summary>Too much waits already.</summary>
    Full,

    /// <summary>The peer was not reached a moment ago.</summary>
    Unreachable,

    /// <summary>This side stops.</summary>
    Stopped,
}
