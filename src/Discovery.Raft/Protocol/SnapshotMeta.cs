namespace Discovery.Protocol;

/// <summary>What a snapshot stands for.</summary>
/// <param name="Last">The last entry that it covers.</param>
/// <param name="Configuration">The configuration in force at that entry, and where it was written.</param>
internal sealed record SnapshotMeta(LogPosition Last, ConfigurationEntry Configuration);
