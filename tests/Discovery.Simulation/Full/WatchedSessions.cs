namespace Discovery.Simulation;

/// <summary>The sessions of one process, which tell when a holder renews.</summary>
internal sealed class WatchedSessions(ISessions inner, FullWorld world, NodeLife life) : ISessions
{
    public ValueTask<SessionEntry> CreateAsync(
        SessionCreation creation, CallContext? context = null, CancellationToken cancellationToken = default) =>
        inner.CreateAsync(creation, context, cancellationToken);

    public ValueTask<SessionEntry?> RenewAsync(Guid id, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        world.Stories.OnRenewal(life);
        return inner.RenewAsync(id, context, cancellationToken);
    }

    public ValueTask<bool> DestroyAsync(
        Guid id, SessionEnd end = SessionEnd.Destroyed, CallContext? context = null, CancellationToken cancellationToken = default) =>
        inner.DestroyAsync(id, end, context, cancellationToken);

    public ValueTask<QueryReply<SessionEntry?>> QueryAsync(
        Guid id, QueryOptions? options = null, CancellationToken cancellationToken = default) =>
        inner.QueryAsync(id, options, cancellationToken);

    public ValueTask<QueryReply<IReadOnlyList<SessionEntry>>> QueryAllAsync(
        QueryOptions? options = null, CancellationToken cancellationToken = default) =>
        inner.QueryAllAsync(options, cancellationToken);

    public ValueTask<QueryReply<IReadOnlyList<SessionEntry>>> QueryNodeAsync(
        string node, QueryOptions? options = null, CancellationToken cancellationToken = default) =>
        inner.QueryNodeAsync(node, options, cancellationToken);
}
