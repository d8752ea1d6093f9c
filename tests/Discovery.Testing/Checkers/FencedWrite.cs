namespace Discovery.Testing;

/// <summary>A write to the resource that the lock guards, as the resource saw it.</summary>
/// <param name="Fence">The fencing token that the writer showed.</param>
/// <param name="At">When the resource decided.</param>
/// <param name="Accepted">What it decided.</param>
public sealed record FencedWrite(long Fence, TimeSpan At, bool Accepted);
