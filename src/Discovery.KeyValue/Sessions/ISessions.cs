namespace Discovery;

/// <summary>Sessions: who may hold keys, and for how long.</summary>
public interface ISessions
{
    /// <summary>Creates a session.</summary>
    /// <param name="creation">What it is to be.</param>
    /// <param name="context">Who calls; this process when null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The session as it was created.</returns>
    /// <exception cref="SessionRefusedException">The node or a check is missing, or a check is critical.</exception>
    /// <exception cref="DiscoveryException">The creation is malformed, or was not applied, or its outcome is unknown.</exception>
    ValueTask<SessionEntry> CreateAsync(
        SessionCreation creation, CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Begins the lease of a session anew.</summary>
    /// <remarks>Answered by the leader only, after it has made sure that it still leads; not once the session's end has been proposed.
    /// A session without lease is answered as it is.</remarks>
    /// <param name="id">The session.</param>
    /// <param name="context">Who calls; this process when null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The session, or null when there is none.</returns>
    /// <exception cref="DiscoveryException">No leader could confirm it: try again while the lease lasts.</exception>
    ValueTask<SessionEntry?> RenewAsync(Guid id, CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Ends a session; one that is not there is fine.</summary>
    /// <param name="id">The session.</param>
    /// <param name="end">Who ends it.</param>
    /// <param name="context">Who calls; this process when null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether it was there.</returns>
    ValueTask<bool> DestroyAsync(
        Guid id, SessionEnd end = SessionEnd.Destroyed, CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Reads a session.</summary>
    /// <param name="id">The session.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<QueryReply<SessionEntry?>> QueryAsync(
        Guid id, QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Reads all sessions, in the order of their ids.</summary>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<QueryReply<IReadOnlyList<SessionEntry>>> QueryAllAsync(
        QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Reads the sessions of a node, in the order of their ids.</summary>
    /// <param name="node">The node.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<QueryReply<IReadOnlyList<SessionEntry>>> QueryNodeAsync(
        string node, QueryOptions? options = null, CancellationToken cancellationToken = default);
}
