namespace Discovery;

/// <summary>How coordinates are written; section <c>Discovery:Coordinates</c>.</summary>
public sealed class CoordinateOptions
{
    /// <summary>How long coordinates are collected before they are written.</summary>
    /// <value>5 seconds (Consul's).</value>
    public TimeSpan UpdatePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most coordinates that one command writes.</summary>
    /// <value>128 (Consul's).</value>
    public int BatchSize { get; set; } = 128;

    /// <summary>The most commands that are written in one period; what does not fit in is refused.</summary>
    /// <value>5 (Consul's).</value>
    public int BatchesMax { get; set; } = 5;
}
