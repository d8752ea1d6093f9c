namespace Discovery;

/// <summary>A lock that one holder in the whole cluster has at a time.</summary>
public interface IDistributedLock
{
    /// <summary>The key that it is kept under.</summary>
    KeyValueKey Key { get; }

    /// <summary>Waits for the lock, in the order of asking.</summary>
    /// <param name="cancellationToken">Gives up the place in the queue.</param>
    /// <returns>The held lock.</returns>
    /// <exception cref="LockConflictException">The key is used for something else.</exception>
    /// <exception cref="DiscoveryException">The node has stopped or is faulted.</exception>
    ValueTask<ILockHandle> AcquireAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits for the lock for a while.</summary>
    /// <param name="timeout">How long; zero to be answered at once, <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The held lock, or null.</returns>
    /// <exception cref="LockConflictException">The key is used for something else.</exception>
    /// <exception cref="DiscoveryException">The node has stopped or is faulted; with no timeout also: no leader answered.</exception>
    ValueTask<ILockHandle?> TryAcquireAsync(TimeSpan timeout = default, CancellationToken cancellationToken = default);
}
