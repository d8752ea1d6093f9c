using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>What the disk does next.</summary>
internal sealed class DiskWork
{
    /// <summary>What to write, and to send after it.</summary>
    public RaftReady? Ready { get; init; }

    /// <summary>Drops what a snapshot covers.</summary>
    public ulong? CompactTo { get; init; }
}
