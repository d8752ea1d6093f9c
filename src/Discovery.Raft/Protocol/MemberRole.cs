namespace Discovery.Protocol;

/// <summary>What a member counts for; the numbers are on disk and on the wire.</summary>
internal enum MemberRole : byte
{
    /// <summary>Receives the log and counts for nothing, until it is promoted.</summary>
    Learner = 1,

    /// <summary>Votes, keeps a full copy, and may lead.</summary>
    Voter = 2,

    /// <summary>Votes and keeps the log without bodies; never leads, and is no copy. One <see cref="VoterId"/> is a witness from the first
    /// entry that it gets, or never: a server that becomes one, or ceases to be one, begins a new log.</summary>
    Witness = 3,
}
