namespace Discovery.Protocol;

/// <summary>A read that waits until its leader has been confirmed.</summary>
/// <param name="Id">The asker's number for it.</param>
/// <param name="From">The follower that asks, or <see cref="VoterId.None"/> for this server.</param>
/// <param name="Index">What was committed when it was asked.</param>
/// <param name="Stamp">The latest stamp when it was asked: only an answer to a later one confirms it.</param>
internal readonly record struct PendingRead(ulong Id, VoterId From, ulong Index, ulong Stamp);
