namespace Discovery.Protocol;

/// <summary>Asks for entries on the disk, from the first on, as many as fit into the bytes but at least one.</summary>
/// <param name="For">The peer that they are for; <see cref="VoterId.None"/> to apply them here.</param>
/// <param name="Term">The term in which they were asked for.</param>
/// <param name="First">The first index.</param>
/// <param name="Last">The last index.</param>
/// <param name="BytesMax">The most bytes (<see cref="LogEntry.Cost"/>).</param>
internal readonly record struct LoadRequest(VoterId For, ulong Term, ulong First, ulong Last, int BytesMax);
