namespace Discovery.Locks;

/// <summary>A session that waits for a lock, or for a place in a semaphore.</summary>
/// <param name="Ticket">The index of the entry that enqueued it.</param>
/// <param name="Key">The lock's key, or the semaphore's coordination key.</param>
/// <param name="Session">Who waits.</param>
/// <param name="Value">What the key is to have as value.</param>
/// <param name="Limit">How many may hold the semaphore; 0 for a lock.</param>
internal sealed record LockWaiter(ulong Ticket, byte[] Key, Guid Session, byte[] Value, int Limit);
