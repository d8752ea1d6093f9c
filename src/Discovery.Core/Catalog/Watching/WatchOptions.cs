namespace Discovery;

/// <summary>How a service is followed.</summary>
public sealed record WatchOptions
{
    /// <summary>Whether changes between two reads are merged.</summary>
    /// <value><see cref="WatchMode.Latest"/>.</value>
    public WatchMode Mode { get; init; }

    /// <summary>Where to begin.</summary>
    /// <value><see cref="WatchStart.Current"/>.</value>
    public WatchStart Start { get; init; }

    /// <summary>With <see cref="WatchStart.Resume"/>: the position of the last change that was handled.</summary>
    public StatePosition ResumeFrom { get; init; }

    /// <summary>Who calls.</summary>
    public CallContext Context { get; init; } = CallContext.Local;
}
