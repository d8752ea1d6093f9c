namespace Discovery.Driver;

/// <summary>The limits of a node's log; made from the options that a user sets.</summary>
internal sealed record RaftLogOptions
{
    /// <summary>The most proposals that wait for the log.</summary>
    public int QueueLength { get; init; } = 65536;

    /// <summary>The most bytes of proposals that wait for the log.</summary>
    public long QueueBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>The largest command body.</summary>
    public int CommandBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>The most messages of others that wait.</summary>
    public int MessagesMax { get; init; } = 4096;

    /// <summary>The most proposals that are taken into the log in one go.</summary>
    public int BatchEntriesMax { get; init; } = 4096;

    /// <summary>How long proposals gather for the next group while the disk writes one. A slower disk holds nobody up.</summary>
    public TimeSpan GatherMax { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a read waits for a leader that confirms it.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>How long a read waits for an answer before it asks again.</summary>
    public TimeSpan ReadRetry { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long stopping waits for what is under way and for another leader.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long each piece of a snapshot that is restored may take.</summary>
    public TimeSpan RestorePieceTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After how many bytes of log a snapshot is taken, unless the last one has more.</summary>
    public long SnapshotBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>After how many entries a snapshot is taken.</summary>
    public ulong SnapshotEntries { get; init; } = 200_000;

    /// <summary>The most entries before a snapshot that are kept; without a limit they reach back to the snapshot before that.</summary>
    public ulong EntriesKept { get; init; } = ulong.MaxValue;
}
