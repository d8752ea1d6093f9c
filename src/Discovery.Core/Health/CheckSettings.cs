namespace Discovery.Health;

/// <summary>What the pure core needs of a definition and the options, frozen.</summary>
internal sealed record CheckSettings
{
    public static readonly TimeSpan DurationMax = TimeSpan.FromDays(36500);

    // The longest delay that a cancellation timer takes is 49.7 days.
    private static readonly TimeSpan s_timeoutMax = TimeSpan.FromDays(49);

    public required CheckKind Kind { get; init; }

    public required CheckStatus Initial { get; init; }

    public TimeSpan Interval { get; init; }

    public TimeSpan Timeout { get; init; }

    public TimeSpan Ttl { get; init; }

    public int SuccessBeforePassing { get; init; } = 1;

    public int FailuresBeforeWarning { get; init; } = 1;

    public int FailuresBeforeCritical { get; init; } = 1;

    public TimeSpan? DeregisterAfter { get; init; }

    public int OutputMaxSize { get; init; } = 4096;

    public TimeSpan OutputUpdateInterval { get; init; }

    public int FlapThreshold { get; init; }

    public TimeSpan FlapWindow { get; init; }

    public TimeSpan FlapHoldDown { get; init; }

    public TimeSpan FlapHoldDownMax { get; init; }

    /// <summary>Whether thresholds and damping apply: a TTL or an alias is somebody's word, not a measurement.</summary>
    public bool IsProbed => Kind is not (CheckKind.Ttl or CheckKind.Alias);

    public static CheckSettings From(CheckKey key, CheckDefinition definition, HealthOptions options)
    {
        TimeSpan interval = definition.Interval ?? TimeSpan.Zero;
        TimeSpan timeout = definition.Timeout is { Ticks: > 0 } given ? given
            : definition.Kind == CheckKind.Script ? options.ScriptTimeout : options.ProbeTimeout;
        timeout = timeout < s_timeoutMax ? timeout : s_timeoutMax;
        int critical = Math.Max(definition.FailuresBeforeCritical, 1);
        int warning = definition.FailuresBeforeWarning is > 0 and int w ? w : critical;
        TimeSpan holdDown = Max(options.FlapHoldDown, (interval * 2) + timeout);
        return new CheckSettings
        {
            Kind = definition.Kind,
            Initial = definition.Status,
            Interval = interval,
            Timeout = timeout,
            Ttl = definition.Ttl ?? TimeSpan.Zero,
            SuccessBeforePassing = Math.Max(definition.SuccessBeforePassing, 1),
            FailuresBeforeWarning = Math.Min(warning, critical),
            FailuresBeforeCritical = critical,
            DeregisterAfter = key.ServiceId is not null && definition.DeregisterCriticalServiceAfter > TimeSpan.Zero
                ? definition.DeregisterCriticalServiceAfter : null,
            OutputMaxSize = definition.OutputMaxSize is > 0 and int max
                ? Math.Min(max, options.CheckOutputMaxSize) : options.CheckOutputMaxSize,
            OutputUpdateInterval = options.OutputUpdateInterval,
            FlapThreshold = options.FlapThreshold,
            FlapWindow = Max(options.FlapWindow, interval * (options.FlapThreshold + 1)),
            FlapHoldDown = holdDown,
            FlapHoldDownMax = Max(options.FlapHoldDownMax, holdDown),
        };
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
