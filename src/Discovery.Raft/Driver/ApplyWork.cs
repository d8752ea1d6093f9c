using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>What the applier does next: entries, or a snapshot that takes the place of the state.</summary>
internal sealed class ApplyWork
{
    public IReadOnlyList<LogEntry> Entries { get; init; } = [];

    public SnapshotMeta? Install { get; init; }

    /// <summary>The snapshot's state, once the disk has it and it is read; null on a witness.</summary>
    public Task<StateSnapshot>? State { get; init; }
}
