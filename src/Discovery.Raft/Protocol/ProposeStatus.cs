namespace Discovery.Protocol;

/// <summary>Whether a proposal is in the leader's log.</summary>
internal enum ProposeStatus
{
    /// <summary>It is, and will be committed or overwritten.</summary>
    Appended,

    /// <summary>This server does not lead.</summary>
    NotLeader,

    /// <summary>Leadership is being handed over.</summary>
    Transferring,

    /// <summary>Too much is waiting for its commit.</summary>
    Overloaded,

    /// <summary>A change of members is under way, or the leader has not committed an entry of its own term yet.</summary>
    ChangePending,

    /// <summary>A witness would become something else, or something else a witness: that takes another log, so another
    /// <see cref="VoterId"/>.</summary>
    WitnessForLife,
}
