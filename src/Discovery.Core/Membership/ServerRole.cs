namespace Discovery;

/// <summary>What a server is in the log.</summary>
public enum ServerRole
{
    /// <summary>It is sent everything and has no vote: a newcomer, until it has caught up and stayed healthy.</summary>
    Learner = 0,

    /// <summary>It votes and may lead.</summary>
    Voter = 1,

    /// <summary>It votes, never leads, and keeps the order of the log but not its content.</summary>
    Witness = 2,
}
