namespace Discovery;

/// <summary>Hears that this node was told to leave over HTTP. A process that is nothing but a node registers one, and ends.</summary>
/// <remarks>
/// The API itself never ends the host: the app around the node may have other work. Called after the caller has got its answer; what it
/// throws is logged.
/// </remarks>
public interface ILeaveListener
{
    /// <summary>The node has left its cluster, and its services are no longer handed out.</summary>
    /// <param name="cancellationToken">Never cancelled.</param>
    ValueTask OnLeftAsync(CancellationToken cancellationToken = default);
}
