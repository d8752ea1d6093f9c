namespace Discovery.Testing;

/// <summary>One tenure of a lock, as its holder saw it.</summary>
/// <param name="Holder">Who held it.</param>
/// <param name="Fence">The fencing token that came with it; grows with each tenure.</param>
/// <param name="Acquired">When the holder learned that it holds the lock.</param>
/// <param name="Ended">When it released the lock or knew that it was surely lost; null while it believes to hold it.</param>
public sealed record Holding(string Holder, long Fence, TimeSpan Acquired, TimeSpan? Ended);
