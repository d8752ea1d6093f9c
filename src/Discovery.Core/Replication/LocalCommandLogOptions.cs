namespace Discovery;

/// <summary>Limits of the log of a node that runs alone.</summary>
public sealed class LocalCommandLogOptions
{
    /// <summary>The most proposals that wait to be applied; more are refused as overloaded.</summary>
    /// <value>65,536.</value>
    public int QueueLength { get; set; } = 65_536;

    /// <summary>The most bytes of commands that wait to be applied; more are refused as overloaded.</summary>
    /// <value>256 MiB.</value>
    public long QueueBytesMax { get; set; } = 256 * 1024 * 1024;

    /// <summary>How many bytes of commands end a batch before it has its most entries.</summary>
    /// <value>4 MiB.</value>
    public int BatchBytesMax { get; set; } = 4 * 1024 * 1024;

    /// <summary>The most entries that are applied under one published snapshot.</summary>
    /// <value>1,024.</value>
    public int BatchEntriesMax { get; set; } = 1024;

    /// <summary>The largest command body, in bytes.</summary>
    /// <value>32 MiB.</value>
    public int CommandBytesMax { get; set; } = 32 * 1024 * 1024;
}
