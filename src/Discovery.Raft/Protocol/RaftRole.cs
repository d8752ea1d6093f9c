namespace Discovery.Protocol;

internal enum RaftRole
{
    Follower,
    PreCandidate,
    Candidate,
    Leader,
}
