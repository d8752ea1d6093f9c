using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>What the disk does next.</summary>
internal sealed class DiskWork
{
    /// <summary>Nothing has come for a while.</summary>
    public static readonly DiskWork Settle = new();

    /// <summary>What to write, and to send after it.</summary>
    public RaftReady? Ready { get; init; }

    /// <summary>Drops what a snapshot covers.</summary>
    public ulong? CompactTo { get; init; }
}
