namespace Discovery;

/// <summary>A key cannot be the lock or semaphore that was asked for: it is used for something else.</summary>
public sealed class LockConflictException : DiscoveryException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="key">The key.</param>
    /// <param name="message">What it is used for.</param>
    public LockConflictException(KeyValueKey key, string message)
        : base(DiscoveryError.InvalidRequest, message) => Key = key;

    /// <summary>The key.</summary>
    public KeyValueKey Key { get; }
}
