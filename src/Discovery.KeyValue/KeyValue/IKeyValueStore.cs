namespace Discovery;

/// <summary>The replicated key/value store.</summary>
/// <remarks>
/// <see cref="Get(KeyValueKey)"/>, <see cref="Find"/> and <see cref="List"/> read this node's state at once, without a socket or a
/// lock. The queries
/// add consistency and waiting. A refused condition (compare-and-set, lock, fence) is a value, never an exception.
/// </remarks>
public interface IKeyValueStore
{
    /// <summary>Reads a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The entry, or null.</returns>
    KeyValueEntry? Get(KeyValueKey key);

    /// <summary>Reads a key that is given as text, without allocating.</summary>
    /// <remarks>A store of more than 16,384 keys keeps small entries encoded; those that were read more than once lately are remembered,
    /// and another one is made anew.</remarks>
    /// <param name="key">The key.</param>
    /// <returns>The entry, or null.</returns>
    KeyValueEntry? Find(ReadOnlySpan<char> key);

    /// <summary>Reads every key with a prefix, in key order.</summary>
    /// <param name="prefix">The prefix; empty for all.</param>
    IReadOnlyList<KeyValueEntry> List(KeyValueKey prefix = default);

    /// <summary>Reads a key, as fresh as asked for, or when it has changed.</summary>
    /// <param name="key">The key.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<QueryReply<KeyValueEntry?>> QueryAsync(
        KeyValueKey key, QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Reads every key with a prefix, as fresh as asked for, or when one has changed.</summary>
    /// <param name="prefix">The prefix; empty for all.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<QueryReply<IReadOnlyList<KeyValueEntry>>> QueryListAsync(
        KeyValueKey prefix, QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Reads the keys with a prefix, without their values.</summary>
    /// <param name="prefix">The prefix; empty for all.</param>
    /// <param name="separator">Cut each key after the first of these beyond the prefix, and tell each result once; empty for whole
    /// keys.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<QueryReply<IReadOnlyList<KeyValueKey>>> QueryKeysAsync(
        KeyValueKey prefix, KeyValueKey separator = default, QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Puts a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="put">Conditions, flags, time to live.</param>
    /// <param name="context">Who calls; this process when null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="DiscoveryException">It is malformed, was not applied, or its outcome is unknown.</exception>
    ValueTask<KeyValueResult> PutAsync(
        KeyValueKey key,
        ReadOnlyMemory<byte> value,
        KeyValuePut? put = null,
        CallContext? context = null,
        CancellationToken cancellationToken = default);

    /// <summary>Deletes a key; an absent one is fine.</summary>
    /// <param name="key">The key.</param>
    /// <param name="delete">Conditions.</param>
    /// <param name="context">Who calls; this process when null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="DiscoveryException">It is malformed, was not applied, or its outcome is unknown.</exception>
    ValueTask<KeyValueResult> DeleteAsync(
        KeyValueKey key, KeyValueDelete? delete = null, CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes every key with a prefix; none is fine.</summary>
    /// <param name="prefix">The prefix; empty for all.</param>
    /// <param name="context">Who calls; this process when null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="DiscoveryException">It was not applied, or its outcome is unknown.</exception>
    ValueTask<KeyValueResult> DeleteTreeAsync(
        KeyValueKey prefix, CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Carries out steps as one: all of them or none. A step sees what the ones before it did.</summary>
    /// <param name="operations">The steps; reads only are answered without the log.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="DiscoveryException">It is malformed, was not applied, or its outcome is unknown.</exception>
    ValueTask<TransactionResult> TransactAsync(
        IReadOnlyList<TransactionOperation> operations,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Follows every key with a prefix: all of them first, then each write with the old and the new entries.</summary>
    /// <param name="prefix">The prefix; empty for all.</param>
    /// <param name="after">Resume from this position of an earlier watch, or null to begin with everything.</param>
    /// <param name="cancellationToken">Ends the watch; the node's stop ends it too.</param>
    IAsyncEnumerable<KeyValueChange> WatchAsync(
        KeyValueKey prefix, StatePosition? after = null, CancellationToken cancellationToken = default);

    /// <summary>What became of a key, as far back as this node remembers.</summary>
    /// <param name="key">The key.</param>
    KeyValueHistory GetHistory(KeyValueKey key);
}
