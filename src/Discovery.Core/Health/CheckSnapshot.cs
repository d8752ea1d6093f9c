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

    /// <summary>Describes a check; <paramref name="wall"/> is the time of day at <paramref name="now"/>.</summary>
    public static CheckSnapshot Of(CheckEntry entry, TimeSpan now, DateTimeOffset wall)
    {
        CheckState state = entry.State;
        DateTimeOffset? At(TimeSpan? at) => at is { } time ? wall + (time - now) : null;
        return new CheckSnapshot
        {
            Key = entry.Key,
            Kind = state.Settings.Kind,
            Status = state.Published,
            Settled = state.Settled,
            Output = state.Output,
            IsFlapping = state.IsFlapping,
            HeldUntil = At(state.HeldUntil),
            CriticalSince = At(state.CriticalSince),
            DeregisterAt = At(state.DeregisterAt),
            Runs = [.. state.History.ToList().Select(r => new CheckRun(wall + (r.At - now), r.Result.Status, r.Result.Output))],
        };
    }
}
