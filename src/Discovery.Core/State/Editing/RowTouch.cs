namespace Discovery.State;

/// <summary>The topic of a row that a command changed.</summary>
/// <param name="Space">The space.</param>
/// <param name="Key">The row's key.</param>
/// <param name="OldIndex">The index of the row before, 0 if there was none.</param>
/// <param name="IsAbsent">Whether the row is gone.</param>
internal readonly record struct RowTouch(StateTopicSpace Space, byte[] Key, ulong OldIndex, bool IsAbsent);
