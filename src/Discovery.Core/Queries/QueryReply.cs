namespace Discovery;

/// <summary>A query's reply.</summary>
/// <typeparam name="T">The body.</typeparam>
/// <param name="Body">The body.</param>
/// <param name="Index">When what it shows last changed: pass it as <see cref="QueryOptions.AfterIndex"/> to wait for the next
/// change.</param>
/// <param name="Consistency">The mode that was served.</param>
/// <param name="LastContact">How long ago this node heard from the leader; zero on the leader.</param>
/// <param name="IsLeaderKnown">Whether a leader was known.</param>
public sealed record QueryReply<T>(T Body, ulong Index, ReadConsistency Consistency, TimeSpan LastContact, bool IsLeaderKnown);
