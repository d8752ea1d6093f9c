namespace Discovery.Protocol;

/// <summary>The answer to a read.</summary>
/// <param name="Id">The caller's number for it.</param>
/// <param name="IsReached">False when no leader confirmed it: ask again.</param>
/// <param name="Index">The state must have reached this index.</param>
internal readonly record struct ReadAnswer(ulong Id, bool IsReached, ulong Index);
