namespace Discovery;

/// <summary>One change of a key.</summary>
/// <param name="Index">When.</param>
/// <param name="WallTime">The leader's clock then; for display only.</param>
/// <param name="Old">What was there, or null.</param>
/// <param name="New">What was there from then on, or null when it was deleted.</param>
public sealed record KeyValueRevision(ulong Index, DateTimeOffset WallTime, KeyValueEntry? Old, KeyValueEntry? New);
