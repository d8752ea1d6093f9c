namespace Discovery.Protocol;

/// <summary>What servers say to each other. The closed set is one table; the terms are the paper's.</summary>
/// <remarks>
/// A stamp is the sender's own count of time, which only it understands; the reply carries it back. So a leader knows when that was sent
/// which its followers have answered, without a clock that anybody shares.
/// </remarks>
/// <param name="From">The sender.</param>
/// <param name="To">Whom it is meant for; somebody else, such as the same node with a new disk, drops it.</param>
/// <param name="Term">The sender's term; of a pre-vote, the one that it would begin.</param>
internal abstract record RaftMessage(VoterId From, VoterId To, ulong Term);

/// <summary>AppendEntries. Without entries it asks whether the logs agree at <paramref name="Previous"/>.</summary>
internal sealed record AppendRequest(
    VoterId From, VoterId To, ulong Term, LogPosition Previous, IReadOnlyList<LogEntry> Entries, ulong Commit, ulong Stamp)
    : RaftMessage(From, To, Term);

/// <summary>Everything up to <paramref name="Match"/> is as the leader's, and on this server's disk.</summary>
internal sealed record AppendAccepted(VoterId From, VoterId To, ulong Term, ulong Match, ulong Stamp) : RaftMessage(From, To, Term);

/// <summary>The logs differ at <paramref name="Previous"/>; they can agree at <paramref name="Hint"/> at the latest.</summary>
internal sealed record AppendRejected(VoterId From, VoterId To, ulong Term, ulong Previous, LogPosition Hint, ulong Stamp)
    : RaftMessage(From, To, Term);

/// <summary>
/// The leader is there; everything up to <paramref name="Commit"/> is committed and matches. One with the stamp 0 is not answered.
/// </summary>
internal sealed record Heartbeat(VoterId From, VoterId To, ulong Term, ulong Commit, ulong Stamp) : RaftMessage(From, To, Term);

internal sealed record HeartbeatReply(VoterId From, VoterId To, ulong Term, ulong Stamp) : RaftMessage(From, To, Term);

/// <summary>RequestVote; as a pre-vote it asks what the answer would be (thesis, section 9.6).</summary>
/// <param name="From">The candidate.</param>
/// <param name="To">The voter.</param>
/// <param name="Term">The term of the election.</param>
/// <param name="Last">The end of the candidate's log.</param>
/// <param name="IsPreVote">Whether nothing changes by it.</param>
/// <param name="IsTransfer">Whether the leader itself asked for the election, which no leader is protected from.</param>
internal sealed record VoteRequest(VoterId From, VoterId To, ulong Term, LogPosition Last, bool IsPreVote, bool IsTransfer)
    : RaftMessage(From, To, Term);

internal sealed record VoteReply(VoterId From, VoterId To, ulong Term, bool IsPreVote, bool IsGranted) : RaftMessage(From, To, Term);

/// <summary>A snapshot has arrived, whole, on the receiver's disk.</summary>
internal sealed record InstallSnapshot(VoterId From, VoterId To, ulong Term, SnapshotMeta Meta, ulong Stamp) : RaftMessage(From, To, Term);

/// <summary>Begin an election at once: the sender leads and wants to stop (thesis, section 3.10).</summary>
internal sealed record TimeoutNow(VoterId From, VoterId To, ulong Term) : RaftMessage(From, To, Term);

/// <summary>A follower asks for an index that a read may rely on (thesis, section 6.4).</summary>
internal sealed record ReadIndexRequest(VoterId From, VoterId To, ulong Term, ulong Id, bool IsLeaseEnough) : RaftMessage(From, To, Term);

internal sealed record ReadIndexReply(VoterId From, VoterId To, ulong Term, ulong Id, bool IsReached, ulong Index)
    : RaftMessage(From, To, Term);
