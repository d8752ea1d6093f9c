namespace Discovery.Locks;

/// <summary>Asks for a lock, or for a place in a semaphore.</summary>
/// <param name="Key">The lock's key, or the semaphore's coordination key.</param>
/// <param name="Session">Who asks.</param>
/// <param name="Value">What the key is to have as value.</param>
/// <param name="Limit">How many may hold the semaphore; 0 for a lock.</param>
/// <param name="IsQueued">Whether to wait in the queue when it cannot be had now.</param>
internal sealed record LockRequest(byte[] Key, Guid Session, byte[] Value, int Limit, bool IsQueued);

/// <summary>How a request was answered.</summary>
internal enum LockStatus : byte
{
    Granted = 0,

    /// <summary>It waits in the queue.</summary>
    Queued = 1,

    /// <summary>Somebody holds it, or waits for it.</summary>
    Held = 2,

    /// <summary>It cannot be had yet.</summary>
    Delayed = 3,

    /// <summary>The session has ended.</summary>
    SessionUnknown = 4,

    /// <summary>The key is used for something else.</summary>
    KeyInUse = 5,

    /// <summary>The semaphore has another limit, which is told as index.</summary>
    OtherLimit = 6,
}

/// <summary>How a request was answered.</summary>
/// <param name="Status">The answer.</param>
/// <param name="Index">The acquire index when granted; the ticket when queued.</param>
internal readonly record struct LockAnswer(LockStatus Status, ulong Index);
