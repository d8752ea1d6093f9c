namespace Discovery;

/// <summary>One changed key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Old">What was there, or null.</param>
/// <param name="New">What is there now, or null.</param>
public sealed record KeyValueDelta(KeyValueKey Key, KeyValueEntry? Old, KeyValueEntry? New);
