namespace Discovery;

/// <summary>Where the nodes are in the space of round-trip times: what "nearest" is judged by.</summary>
public interface ICoordinates
{
    /// <summary>Gives the coordinate of a node.</summary>
    /// <remarks>
    /// It is written with others, within <see cref="CoordinateOptions.UpdatePeriod"/>; the newest of a node wins. One for a node that is
    /// not in the catalog by then is dropped. It goes away with its node.
    /// </remarks>
    /// <param name="coordinate">The coordinate.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Not used: nothing is waited for.</param>
    /// <exception cref="CatalogRefusedException">
    /// It has another number of dimensions, or numbers that are not finite (<see cref="CatalogRefusal.IncompatibleCoordinate"/>).
    /// </exception>
    /// <exception cref="DiscoveryException">Too many wait to be written (<see cref="DiscoveryError.Overloaded"/>).</exception>
    ValueTask UpdateAsync(NodeCoordinate coordinate, CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the coordinates of all nodes, in order of their names, at once or when they have changed.</summary>
    /// <param name="options">How fresh, and whether to wait for a change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<QueryReply<IReadOnlyList<NodeCoordinate>>> QueryNodesAsync(
        QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the coordinates of one node, one for each segment that it is in, at once or when they have changed.</summary>
    /// <param name="node">The node's name; case does not matter.</param>
    /// <param name="options">How fresh, and whether to wait for a change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<QueryReply<IReadOnlyList<NodeCoordinate>>> QueryNodeAsync(
        string node, QueryOptions? options = null, CancellationToken cancellationToken = default);
}
