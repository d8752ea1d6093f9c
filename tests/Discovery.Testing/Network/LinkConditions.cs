namespace Discovery.Testing;

/// <summary>How messages fare on a link.</summary>
public sealed record LinkConditions
{
    /// <summary>The shortest delay.</summary>
    public TimeSpan DelayMin { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest delay; each message draws its own, so that a later one can arrive earlier.</summary>
    public TimeSpan DelayMax { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The share of messages that are lost, from 0 to 1.</summary>
    public double DropShare { get; init; }

    /// <summary>The share of messages that arrive twice, from 0 to 1.</summary>
    public double DuplicateShare { get; init; }

    /// <summary>Whether messages may overtake each other; false keeps the order of sending, as one connection does.</summary>
    public bool Reorders { get; init; } = true;
}
