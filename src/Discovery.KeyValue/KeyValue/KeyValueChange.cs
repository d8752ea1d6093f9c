namespace Discovery;

/// <summary>What a watch of a prefix tells: everything at the beginning and after a gap, else what one write changed.</summary>
/// <param name="Kind">Which of these.</param>
/// <param name="Position">Where the watch stands: resume from here.</param>
/// <param name="Deltas">The changed keys, with their old and new entries; empty unless the kind is
/// <see cref="KeyValueChangeKind.Delta"/>.</param>
/// <param name="Entries">All entries, in key order; empty when the kind is <see cref="KeyValueChangeKind.Delta"/>.</param>
public sealed record KeyValueChange(
    KeyValueChangeKind Kind, StatePosition Position, IReadOnlyList<KeyValueDelta> Deltas, IReadOnlyList<KeyValueEntry> Entries);
