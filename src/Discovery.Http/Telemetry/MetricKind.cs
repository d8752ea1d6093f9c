namespace Discovery.Telemetry;

/// <summary>What a series of measurements means.</summary>
internal enum MetricKind
{
    /// <summary>A value that is what it is now.</summary>
    Gauge = 0,

    /// <summary>Something that is counted.</summary>
    Counter,

    /// <summary>Something that is measured each time.</summary>
    Sample,
}
