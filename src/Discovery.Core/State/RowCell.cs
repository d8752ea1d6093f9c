namespace Discovery.State;

/// <summary>A row in its own table, with what the hash of the state and snapshots need.</summary>
/// <param name="Row">The row; null where it is packed.</param>
/// <param name="Index">The index of the command that put it.</param>
/// <param name="Hash">Its share of the hash of the state.</param>
internal readonly record struct RowCell<TRow>(TRow Row, ulong Index, ulong Hash) : IRowCell<TRow>;
