namespace Discovery.Protocol;

/// <summary>What a server finds on its disk when it starts.</summary>
/// <param name="State">Term and vote.</param>
/// <param name="Snapshot">The newest snapshot; null before the first.</param>
/// <param name="Terms">The terms of all entries after the snapshot.</param>
/// <param name="Configurations">The configurations of the log after the snapshot, in order.</param>
internal sealed record RecoveredLog(
    HardState State, SnapshotMeta? Snapshot, TermRuns Terms, IReadOnlyList<ConfigurationEntry> Configurations);
