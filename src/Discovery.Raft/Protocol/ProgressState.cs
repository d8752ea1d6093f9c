namespace Discovery.Protocol;

/// <summary>How a leader sends its log to one peer.</summary>
internal enum ProgressState
{
    /// <summary>One question at a time, until it is known where the logs agree.</summary>
    Probe,

    /// <summary>Entries are sent ahead of their acknowledgement.</summary>
    Replicate,

    /// <summary>The peer needs what the log no longer has: a snapshot is on its way.</summary>
    Snapshot,
}
