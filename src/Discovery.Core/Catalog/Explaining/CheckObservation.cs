namespace Discovery;

/// <summary>One result of a check.</summary>
/// <param name="At">When, by this node's wall clock.</param>
/// <param name="Status">What it said.</param>
/// <param name="Output">The beginning of its output.</param>
public sealed record CheckObservation(DateTimeOffset At, CheckStatus Status, string Output);
