namespace Discovery.Health;

/// <summary>What became of a report for a TTL check.</summary>
internal enum CheckReportOutcome
{
    Accepted,
    UnknownCheck,
    NotTtl,
}
