namespace Discovery.State;

/// <summary>A proposing client in the deduplication table.</summary>
/// <param name="HighestSequence">The highest sequence number that was applied.</param>
/// <param name="LastUsedIndex">Roughly when the client was last heard of: the order of eviction.</param>
internal sealed record ClientRow(ulong HighestSequence, ulong LastUsedIndex);
