namespace Discovery.Protocol;

/// <summary>Everything that a step of the core asks for. <c>ReadyProcessor</c> knows the order.</summary>
internal sealed class RaftReady
{
    /// <summary>The number of this value; <see cref="RaftCore.OnPersisted"/> takes it back once its part is on the disk.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>The term in which it was made.</summary>
    public required ulong Term { get; init; }

    /// <summary>Term and vote, when they changed.</summary>
    public HardState? State { get; init; }

    /// <summary>The received snapshot that takes the place of log and state, before the entries.</summary>
    public SnapshotMeta? Install { get; init; }

    /// <summary>The end of what stays of the log, when something after it must go before the entries are appended.</summary>
    public ulong? TruncateAfter { get; init; }

    /// <summary>What to append to the log, in order.</summary>
    public required IReadOnlyList<LogEntry> Entries { get; init; }

    /// <summary>What does not rely on the disk.</summary>
    public required IReadOnlyList<RaftMessage> SendNow { get; init; }

    /// <summary>What tells others of the disk: sent once this value, and all before it, are on it, even if it writes nothing.</summary>
    public required IReadOnlyList<RaftMessage> SendAfterPersist { get; init; }

    /// <summary>Committed entries, each exactly once and in order; after <see cref="Install"/>.</summary>
    public required IReadOnlyList<LogEntry> Apply { get; init; }

    /// <summary>Entries that the core needs and no longer keeps in memory; <see cref="RaftCore.OnLoaded"/> takes the answers.</summary>
    public required IReadOnlyList<LoadRequest> Loads { get; init; }

    /// <summary>Whom to send the newest snapshot; <see cref="RaftCore.OnSnapshotSent"/> takes the outcome.</summary>
    public required IReadOnlyList<RaftMember> SendSnapshotTo { get; init; }

    /// <summary>Answers to reads.</summary>
    public required IReadOnlyList<ReadAnswer> Reads { get; init; }

    /// <summary>Whether anything must reach the disk.</summary>
    public bool HasWrites => State is not null || Install is not null || TruncateAfter is not null || Entries.Count > 0;

    /// <summary>Whether the disk's queue must see this value.</summary>
    public bool NeedsDisk => HasWrites || SendAfterPersist.Count > 0;
}
