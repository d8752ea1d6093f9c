namespace Discovery;

/// <summary>One of the last results of a check, before thresholds and damping.</summary>
/// <param name="At">When the result came in.</param>
/// <param name="Status">What it said.</param>
/// <param name="Output">The beginning of its output.</param>
public sealed record CheckRun(DateTimeOffset At, CheckStatus Status, string Output);
