namespace Discovery;

/// <summary>How the leader finds its cluster.</summary>
/// <param name="IsHealthy">Whether every server is healthy.</param>
/// <param name="FailureTolerance">How many healthy voters may be lost without losing the quorum.</param>
/// <param name="IsSingleCopy">Whether what is committed now is in full on one server only: two voters and a witness, one of the voters
/// away.</param>
/// <param name="Servers">The servers, by name.</param>
public sealed record ClusterHealth(bool IsHealthy, int FailureTolerance, bool IsSingleCopy, IReadOnlyList<ServerHealth> Servers);
