namespace Discovery.Testing;

/// <summary>How often a <see cref="FaultyCommandLog"/> does what; chances of one proposal, from 0 to 1.</summary>
public sealed record FaultyCommandLogOptions
{
    /// <summary>No faults at all.</summary>
    public static FaultyCommandLogOptions None { get; } = new();

    /// <summary>A bit of everything.</summary>
    public static FaultyCommandLogOptions Stormy { get; } = new()
    {
        Refused = 0.1,
        LostUnapplied = 0.1,
        LostApplied = 0.15,
        Late = 0.2,
        Duplicated = 0.15,
        Hanging = 0.02,
        LeadershipLost = 0.03,
        BarrierRefused = 0.1,
    };

    /// <summary>Refused before it enters the log.</summary>
    public double Refused { get; init; }

    /// <summary>Told as unknown; never enters the log.</summary>
    public double LostUnapplied { get; init; }

    /// <summary>Told as unknown at once; enters the log some time later.</summary>
    public double LostApplied { get; init; }

    /// <summary>Answered some time after it was applied.</summary>
    public double Late { get; init; }

    /// <summary>Entered again some time later.</summary>
    public double Duplicated { get; init; }

    /// <summary>Enters the log, and is never answered.</summary>
    public double Hanging { get; init; }

    /// <summary>Leadership is lost while it is under way; a new term begins later.</summary>
    public double LeadershipLost { get; init; }

    /// <summary>A read barrier is refused.</summary>
    public double BarrierRefused { get; init; }

    /// <summary>The longest of the times that "later" stands for.</summary>
    public TimeSpan DelayMax { get; init; } = TimeSpan.FromSeconds(3);
}
