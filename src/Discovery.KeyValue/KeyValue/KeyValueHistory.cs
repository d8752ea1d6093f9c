namespace Discovery;

/// <summary>What became of a key, as far back as this node remembers.</summary>
/// <param name="Revisions">Oldest first.</param>
/// <param name="IsComplete">Whether nothing is missing before the first revision since the key was created.</param>
public sealed record KeyValueHistory(IReadOnlyList<KeyValueRevision> Revisions, bool IsComplete);
