namespace Discovery;

/// <summary>A place in the history of changes.</summary>
/// <param name="Lineage">Which history: a restore or a recovery begins a new one.</param>
/// <param name="Index">The last index seen.</param>
public readonly record struct StatePosition(Guid Lineage, ulong Index);
