namespace Discovery.Protocol;

/// <summary>An entry's place and the term it was made in: two logs that agree on it agree on everything before (Log Matching).</summary>
/// <param name="Index">The index; 0 is before the first entry.</param>
/// <param name="Term">The term; 0 before the first entry.</param>
internal readonly record struct LogPosition(ulong Index, ulong Term)
{
    public static readonly LogPosition Zero;

    /// <summary>Whether a log that ends here is at least as up to date as one that ends there (thesis, section 3.6.1).</summary>
    public bool IsUpToDateWith(LogPosition other) => Term > other.Term || (Term == other.Term && Index >= other.Index);
}
