namespace Discovery.Health;

/// <summary>All that is known of one check at one moment, for people and for explanations.</summary>
internal sealed record CheckSnapshot
{
    public required CheckKey Key { get; init; }

    public required CheckKind Kind { get; init; }

    public required CheckStatus Status { get; init; }

    /// <summary>The status after thresholds; differs from <see cref="Status"/> while a flapping check is held.</summary>
    public required CheckStatus Settled { get; init; }

    public required string Output { get; init; }

    public required bool IsFlapping { get; init; }

    public DateTimeOffset? HeldUntil { get; init; }

    public DateTimeOffset? CriticalSince { get; init; }

    public DateTimeOffset? DeregisterAt { get; init; }

    /// <summary>The last results, oldest first, at most 20.</summary>
    public required IReadOnlyList<CheckRun> Runs { get; init; }
}
