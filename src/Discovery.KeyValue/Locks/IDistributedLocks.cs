namespace Discovery;

/// <summary>Makes locks, semaphores and elections. Making one costs nothing; equal names mean the same one, on every node.</summary>
public interface IDistributedLocks
{
    /// <summary>A lock; <c>consul lock NAME</c> and this exclude each other.</summary>
    /// <param name="name">Its name; its key is this and "/.lock".</param>
    /// <param name="options">How it is held.</param>
    IDistributedLock CreateLock(KeyValueKey name, LockOptions? options = null);

    /// <summary>
    /// A lock on exactly a key, as the lock of Consul's Go client is. Acquiring it throws <see cref="LockConflictException"/> when the key
    /// has a plain value.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="options">How it is held.</param>
    IDistributedLock CreateLockOnKey(KeyValueKey key, LockOptions? options = null);

    /// <summary>A semaphore; <c>consul lock -n LIMIT PREFIX</c> and this share their places.</summary>
    /// <param name="prefix">The prefix of its keys.</param>
    /// <param name="limit">How many places there are.</param>
    /// <param name="options">How a place is held.</param>
    IDistributedSemaphore CreateSemaphore(KeyValueKey prefix, int limit, LockOptions? options = null);

    /// <summary>An election.</summary>
    /// <param name="name">Its name; its key is this and "/.lock".</param>
    /// <param name="options">How the leadership is held; <see cref="LockOptions.Value"/> is what the leader says of himself.</param>
    ILeaderElection CreateElection(KeyValueKey name, LockOptions? options = null);
}
