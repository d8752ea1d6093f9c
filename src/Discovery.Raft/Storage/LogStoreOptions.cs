namespace Discovery.Storage;

/// <summary>The sizes of a log's files.</summary>
internal sealed record LogStoreOptions
{
    public static readonly LogStoreOptions Default = new();

    /// <summary>The length of a segment; one that holds a larger batch is longer.</summary>
    /// <value>16 MiB.</value>
    public int SegmentBytes { get; init; } = 16 << 20;

    /// <summary>Whether the log is a witness's, without bodies. Its identity says so, and a log of the other kind is refused.</summary>
    public bool IsWitness { get; init; }
}
