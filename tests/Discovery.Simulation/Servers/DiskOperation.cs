using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>One thing that is written, whole or not at all.</summary>
internal abstract record DiskOperation
{
    /// <summary>Term and vote; they have a place of their own, and reach the disk before or after what else is written with them.</summary>
    public sealed record SetState(HardState State) : DiskOperation;

    public sealed record Append(LogEntry Entry) : DiskOperation;

    public sealed record Truncate(ulong After) : DiskOperation;

    public sealed record Install(SnapshotMeta Meta, RegisterImage Image) : DiskOperation;

    /// <summary>Drops the entries up to an index, which a snapshot on the disk covers.</summary>
    public sealed record Compact(ulong To) : DiskOperation;
}
