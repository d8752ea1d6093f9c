namespace Discovery;

/// <summary>The limits of saving and restoring the state; section <c>Discovery:Snapshots</c>.</summary>
public sealed class ClusterSnapshotOptions
{
    /// <summary>The largest archive that is restored, and the largest state in one as it is stored there, in bytes.</summary>
    /// <remarks>It is held in memory until it is in the log.</remarks>
    /// <value>1 GiB; at most 8 GiB.</value>
    public long ArchiveBytesMax { get; set; } = 1L << 30;

    /// <summary>The most that the state in an archive may hold once it is unpacked, in bytes.</summary>
    /// <value>4 GiB.</value>
    public long ContentBytesMax { get; set; } = 4L << 30;

    /// <summary>
    /// How many times as large as the archive its content may be, beyond the first 64 MiB: an archive made to fill the memory is refused
    /// before it does.
    /// </summary>
    /// <value>1,000.</value>
    public int RatioMax { get; set; } = 1000;

    /// <summary>The most archives that are written at once; each keeps the state of its moment in memory.</summary>
    /// <value>4.</value>
    public int ConcurrentMax { get; set; } = 4;

    /// <summary>How long the other side may take for 64 KiB.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
