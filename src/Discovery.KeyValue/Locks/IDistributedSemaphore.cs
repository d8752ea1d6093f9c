namespace Discovery;

/// <summary>A number of places that holders in the whole cluster share.</summary>
public interface IDistributedSemaphore
{
    /// <summary>The prefix of its keys.</summary>
    KeyValueKey Prefix { get; }

    /// <summary>How many places there are; all who use the semaphore must agree.</summary>
    int Limit { get; }

    /// <summary>Waits for a place, in the order of asking.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The held place.</returns>
    /// <exception cref="LockConflictException">The key is used for something else, or the limit is another one.</exception>
    /// <exception cref="DiscoveryException">The node has stopped or is faulted.</exception>
    ValueTask<ILockHandle> AcquireAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits for a place for a while.</summary>
    /// <param name="timeout">How long; zero to be answered at once, <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The held place, or null.</returns>
    /// <exception cref="LockConflictException">The key is used for something else, or the limit is another one.</exception>
    /// <exception cref="DiscoveryException">The node has stopped or is faulted; with no timeout also: no leader answered.</exception>
    ValueTask<ILockHandle?> TryAcquireAsync(TimeSpan timeout = default, CancellationToken cancellationToken = default);
}
