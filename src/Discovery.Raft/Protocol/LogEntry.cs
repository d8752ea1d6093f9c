namespace Discovery.Protocol;

/// <summary>One entry of the replicated log. The body is never changed once the entry exists.</summary>
/// <param name="Index">Its place; the first is 1.</param>
/// <param name="Term">The term of the leader that made it.</param>
/// <param name="Kind">What the body is.</param>
/// <param name="Body">The content; a witness keeps none, but for configurations.</param>
internal readonly record struct LogEntry(ulong Index, ulong Term, EntryKind Kind, ReadOnlyMemory<byte> Body)
{
    /// <summary>What the entry counts for in limits of bytes: the body and what surrounds it in memory, on disk and on the wire.</summary>
    public int Cost => Body.Length + 64;
}
