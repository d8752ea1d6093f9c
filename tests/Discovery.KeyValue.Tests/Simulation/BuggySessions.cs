using Discovery.Testing;

namespace Discovery.KeyValue;

/// <summary>The sessions of a node, with a bug when one is planted.</summary>
internal sealed class BuggySessions(KeyValueNode node, PlantedBug bug, Random random) : ISessions
{
    public ValueTask<SessionEntry> CreateAsync(
        SessionCreation creation, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        SessionCreation planted = bug == PlantedBug.GrantedBeforeLost ? creation with { Lease = creation.Lease / 2 } : creation;
        return node.Sessions.CreateAsync(planted, context, cancellationToken);
    }

    public async ValueTask<SessionEntry?> RenewAsync(
        Guid id, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        if (bug == PlantedBug.RenewedByDeposedLeader && random.Next(2) == 0)
        {
            return node.State.Current.Get(node.Module.Sessions.Sessions, id.ToByteArray(bigEndian: true));
        }

        return await node.Sessions.RenewAsync(id, context, cancellationToken);
    }

    public ValueTask<bool> DestroyAsync(
        Guid id, SessionEnd end = SessionEnd.Destroyed, CallContext? context = null, CancellationToken cancellationToken = default) =>
        node.Sessions.DestroyAsync(id, end, context, cancellationToken);

    public ValueTask<QueryReply<SessionEntry?>> QueryAsync(
        Guid id, QueryOptions? options = null, CancellationToken cancellationToken = default) =>
        node.Sessions.QueryAsync(id, options, cancellationToken);

    public ValueTask<QueryReply<IReadOnlyList<SessionEntry>>> QueryAllAsync(
        QueryOptions? options = null, CancellationToken cancellationToken = default) =>
        node.Sessions.QueryAllAsync(options, cancellationToken);

    public ValueTask<QueryReply<IReadOnlyList<SessionEntry>>> QueryNodeAsync(
        string nodeName, QueryOptions? options = null, CancellationToken cancellationToken = default) =>
        node.Sessions.QueryNodeAsync(nodeName, options, cancellationToken);
}
