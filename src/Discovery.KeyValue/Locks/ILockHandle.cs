namespace Discovery;

/// <summary>A lock, or a place in a semaphore, that is held. Disposing of it releases it.</summary>
/// <remarks>
/// Release only when what the lock guards has stopped: the next one in the queue is let in at once. A process that is paused can miss its
/// own loss; therefore
/// give <see cref="Fence"/> to what you write to.
/// </remarks>
public interface ILockHandle : IAsyncDisposable
{
    /// <summary>Stands for this tenure; writes that carry it are refused once it is over.</summary>
    LockFence Fence { get; }

    /// <summary>
    /// Until when the lock is surely held, by this process's clock, if no further renewal succeeds. Moves with every renewal, which is
    /// counted from when it was sent.
    /// </summary>
    DateTimeOffset ExpiresAt { get; }

    /// <summary>Whether the lock is surely held now: neither released nor lost, and its lease not over.</summary>
    bool IsHeld { get; }

    /// <summary>
    /// Cancelled when the lock is lost, before anybody else can be granted it: the lease ran out without renewal, somebody took the key
    /// away, or the state was restored. Not cancelled by releasing it.
    /// </summary>
    CancellationToken LostToken { get; }

    /// <summary>Releases the lock: the next one in the queue has it in the same moment. Repeating it does nothing.</summary>
    /// <param name="cancellationToken">Gives up waiting; the lease then ends by itself.</param>
    ValueTask ReleaseAsync(CancellationToken cancellationToken = default);
}
