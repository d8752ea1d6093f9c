namespace Discovery;

/// <summary>Tells the nodes of the datacenter that something has happened, and shows what others have told.</summary>
/// <remarks>
/// Events are small, quick and best effort, as Consul's are: nobody keeps them for a node that does not run or is not reached, and their
/// order is not the same everywhere. What must not be lost belongs into a key.
/// </remarks>
public interface IUserEvents
{
    /// <summary>Fires an event: tells all nodes, this one among them.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="payload">What to send along; name, payload and filter together have room for some 400 bytes.</param>
    /// <param name="filter">Whom it is for; null for all.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up; the event may be on its way.</param>
    /// <returns>The event, without its time.</returns>
    /// <exception cref="DiscoveryException">
    /// It has no name, a filter that is none, or is too long (<see cref="DiscoveryError.InvalidRequest"/>).
    /// </exception>
    ValueTask<UserEvent> FireAsync(
        string name,
        ReadOnlyMemory<byte> payload = default,
        UserEventFilter? filter = null,
        CallContext? context = null,
        CancellationToken cancellationToken = default);

    /// <summary>The last 256 events that were for this node, in the order in which they came; another list after each.</summary>
    IReadOnlyList<UserEvent> Recent { get; }

    /// <summary>Waits until <see cref="Recent"/> is another list.</summary>
    /// <param name="seen">The list that was read last.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DiscoveryException">The node stops (<see cref="DiscoveryError.Stopped"/>).</exception>
    ValueTask WaitForChangeAsync(IReadOnlyList<UserEvent> seen, CancellationToken cancellationToken = default);

    /// <summary>Tells the events that come for this node from this call on, until the node stops.</summary>
    /// <remarks>There is no queue: who falls behind by more than 256 events goes on with the last 256.</remarks>
    /// <param name="name">The name of the events; null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<UserEvent> FollowAsync(string? name = null, CancellationToken cancellationToken = default);
}
