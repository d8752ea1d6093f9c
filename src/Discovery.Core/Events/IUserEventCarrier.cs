namespace Discovery;

/// <summary>Carries events to all nodes: the seam that gossip plugs into.</summary>
/// <remarks>
/// Without a package that gossips, servers call each other. Another implementation replaces it when it is in the app's services before the
/// node's own parts are added, or replaces their registration; what reaches it from others it gives to <see cref="IUserEventReceiver"/>.
/// </remarks>
public interface IUserEventCarrier
{
    /// <summary>Gives an event its time and sends it to all nodes, this one among them.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="payload">The event, as in <see cref="UserEventMessage.Payload"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DiscoveryException">It is too long (<see cref="DiscoveryError.InvalidRequest"/>).</exception>
    ValueTask SendAsync(string name, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default);
}
