namespace Discovery.Protocol;

/// <summary>The votes of one election.</summary>
internal sealed class VoteTally
{
    private readonly SortedDictionary<VoterId, bool> _votes = [];

    /// <summary>Counts a vote; the first of each voter counts.</summary>
    public void Count(VoterId voter, bool isGranted) => _votes.TryAdd(voter, isGranted);

    public bool IsWon(RaftConfiguration configuration) =>
        Quorum.IsReached(configuration, id => _votes.TryGetValue(id, out bool isGranted) && isGranted);

    /// <summary>Whether it can no longer be won.</summary>
    public bool IsLost(RaftConfiguration configuration) =>
        !Quorum.IsReached(configuration, id => !_votes.TryGetValue(id, out bool isGranted) || isGranted);
}
