namespace Discovery;

/// <summary>The agent of this process: what it offers, its checks, and keeping the catalog in step with both.</summary>
/// <remarks>
/// The agent is the owner of what is registered here: it re-creates an entry that somebody took out of the catalog and removes one that it
/// no longer knows. What others registered, even on this node's name, it never touches.
/// </remarks>
public interface ILocalAgent
{
    /// <summary>This node's name: the owner of its entries.</summary>
    string NodeName { get; }

    /// <summary>Registers a service, or replaces its definition; checks that stay keep their status.</summary>
    /// <remarks>
    /// Before the node has started, the agent keeps the registration and the task waits: do not await it between building and starting
    /// the host. What the app itself offers is declared with <c>AddService</c>.
    /// </remarks>
    /// <param name="registration">The service and its checks.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog; the registration stays and is synced later.</param>
    /// <returns>A task that ends when the catalog of this node shows it.</returns>
    /// <exception cref="DiscoveryException">The registration is invalid; the message lists every field and reason.</exception>
    ValueTask RegisterServiceAsync(
        ServiceRegistration registration, CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Takes a service and its checks out of agent and catalog.</summary>
    /// <param name="serviceId">The instance's id.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog.</param>
    /// <returns>False when the agent has no such service.</returns>
    ValueTask<bool> DeregisterServiceAsync(string serviceId, CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Registers a check of the node, or of one of its services.</summary>
    /// <param name="definition">The check.</param>
    /// <param name="serviceId">The instance it checks, or null for the node.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog.</param>
    /// <exception cref="DiscoveryException">The check is invalid, or there is no such service.</exception>
    ValueTask RegisterCheckAsync(
        CheckDefinition definition, string? serviceId = null, CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Takes a check out of agent and catalog.</summary>
    /// <param name="checkId">The check's id.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog.</param>
    /// <returns>False when the agent has no such check.</returns>
    ValueTask<bool> DeregisterCheckAsync(string checkId, CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Reports the status of a TTL check, and starts its time anew.</summary>
    /// <param name="checkId">The check's id.</param>
    /// <param name="status">The status.</param>
    /// <param name="output">What to show beside it.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog.</param>
    /// <exception cref="DiscoveryException">There is no such check, or it is not a TTL check.</exception>
    ValueTask UpdateCheckAsync(
        string checkId, CheckStatus status, string output = "", CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Puts a service into maintenance: a critical check that stays until it is taken out of maintenance.</summary>
    /// <param name="serviceId">The instance's id.</param>
    /// <param name="maintenance">On or off.</param>
    /// <param name="reason">What to show.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog.</param>
    ValueTask SetServiceMaintenanceAsync(
        string serviceId,
        MaintenanceMode maintenance,
        string reason = "",
        CallContext? context = null,
        CancellationToken cancellationToken = default);

    /// <summary>Puts the whole node into maintenance.</summary>
    /// <param name="maintenance">On or off.</param>
    /// <param name="reason">What to show.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog.</param>
    ValueTask SetNodeMaintenanceAsync(
        MaintenanceMode maintenance, string reason = "", CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Marks one or all services as draining: still there, but no longer picked or listed as passing.</summary>
    /// <param name="serviceId">The instance's id, or null for all.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog.</param>
    ValueTask DrainAsync(string? serviceId = null, CancellationToken cancellationToken = default);

    /// <summary>The services registered here, in ordinal order of their ids.</summary>
    IReadOnlyList<AgentService> Services { get; }

    /// <summary>The checks registered here, in ordinal order of their ids.</summary>
    IReadOnlyList<AgentCheck> Checks { get; }
}
