namespace Discovery.Telemetry;

/// <summary>What a series amounts to since the start.</summary>
/// <param name="Value">The last value of a gauge.</param>
/// <param name="Sum">The sum of all measurements.</param>
/// <param name="Count">How many there were.</param>
/// <param name="UpdatedAt">When the last one came.</param>
internal readonly record struct MetricTotals(double Value, double Sum, long Count, TimeSpan UpdatedAt);
