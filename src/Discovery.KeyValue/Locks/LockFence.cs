namespace Discovery;

/// <summary>Stands for one tenure of one lock: writes that carry it are refused once that tenure is over.</summary>
/// <remarks>
/// Never equal for two tenures, also not over a restore of the state, which begins a new lineage. Within a lineage
/// <see cref="AcquireIndex"/> grows with every tenure: a store of your own can refuse what comes with a lower one than it has seen.
/// </remarks>
/// <param name="Key">The key that is locked.</param>
/// <param name="Lineage">The lineage of the state.</param>
/// <param name="AcquireIndex">The index at which the lock was acquired.</param>
public readonly record struct LockFence(KeyValueKey Key, Guid Lineage, ulong AcquireIndex);
