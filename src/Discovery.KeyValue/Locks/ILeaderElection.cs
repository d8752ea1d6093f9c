namespace Discovery;

/// <summary>Elects one of all who campaign under a name.</summary>
public interface ILeaderElection
{
    /// <summary>The key that the leader holds.</summary>
    KeyValueKey Key { get; }

    /// <summary>The leader's entry in this node's state, or null when nobody leads; its value is what the leader said of himself.</summary>
    KeyValueEntry? Leader { get; }

    /// <summary>Waits to be elected, in the order of campaigning.</summary>
    /// <param name="cancellationToken">Withdraws.</param>
    /// <returns>The leadership: over when it is lost, released or disposed of.</returns>
    ValueTask<ILockHandle> CampaignAsync(CancellationToken cancellationToken = default);

    /// <summary>Tells the leader now and each one after; null while nobody leads.</summary>
    /// <param name="cancellationToken">Ends it; the node's stop ends it too.</param>
    IAsyncEnumerable<KeyValueEntry?> ObserveAsync(CancellationToken cancellationToken = default);
}
