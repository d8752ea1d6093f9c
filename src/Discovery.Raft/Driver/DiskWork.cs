using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>What the disk does next.</summary>
internal sealed class DiskWork
{
    /// <summary>What to write, and to send after it.</summary>
    public RaftReady? Ready { get; init; }

    /// <summary>Takes the state of the snapshot that the value installs.</summary>
    public TaskCompletionSource<StateSnapshot>? Installed { get; init; }

    /// <summary>Drops what a snapshot covers.</summary>
    public ulong? CompactTo { get; init; }
}
