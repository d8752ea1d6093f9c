namespace Discovery;

/// <summary>The rules by which the leader looks after the servers, as everybody sees them.</summary>
public interface IAutopilotStore
{
    /// <summary>The rules as this node knows them, without asking anybody.</summary>
    AutopilotConfiguration Current { get; }

    /// <summary>Reads the rules.</summary>
    /// <param name="options">How fresh the answer must be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<QueryReply<AutopilotConfiguration>> ReadAsync(QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Sets the rules.</summary>
    /// <param name="configuration">The rules; their indexes are not looked at.</param>
    /// <param name="ifModifyIndex">Only if they were last set at this index; null for in any case.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether they were set.</returns>
    /// <exception cref="DiscoveryException">They make no sense, or could not be written.</exception>
    ValueTask<bool> SetAsync(
        AutopilotConfiguration configuration,
        ulong? ifModifyIndex = null,
        CallContext? context = null,
        CancellationToken cancellationToken = default);
}
