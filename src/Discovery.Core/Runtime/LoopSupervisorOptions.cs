namespace Discovery;

/// <summary>The limits of a <see cref="LoopSupervisor"/>.</summary>
public sealed record LoopSupervisorOptions
{
    /// <summary>The pause before the first restart; each failure in a row doubles it.</summary>
    /// <value>100 ms.</value>
    public TimeSpan BackoffFirst { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause; a loop that has run for this long begins again at <see cref="BackoffFirst"/>.</summary>
    /// <value>30 s.</value>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long <see cref="LoopSupervisor.StopAsync"/> waits for the loops.</summary>
    /// <value>5 s.</value>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
