namespace Discovery;

/// <summary>Why a proposal was not applied, or why its outcome is unknown.</summary>
public enum ProposalRefusal
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>This node does not lead and knows no leader to forward to.</summary>
    NoLeader,

    /// <summary>Leadership was lost while the proposal was under way.</summary>
    LeadershipLost,

    /// <summary>The queue of proposals is full.</summary>
    Overloaded,

    /// <summary>The caller gave up.</summary>
    Cancelled,

    /// <summary>The log is stopping or has stopped.</summary>
    Stopped,

    /// <summary>The state machine met a broken invariant.</summary>
    Faulted,

    /// <summary>The command is larger than the log takes.</summary>
    TooLarge,

    /// <summary>No module of this server declares the command, or the schema version that it raises to.</summary>
    UnknownCommand,

    /// <summary>This server is a witness: it keeps no state that the outcome could be read from.</summary>
    Witness,
}
