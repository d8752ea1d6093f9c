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
    /// <param name="options">How it is meant; the defaults when null.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog; the registration stays and is synced later.</param>
    /// <returns>A task that ends when the catalog of this node shows it.</returns>
    /// <exception cref="DiscoveryException">
    /// The registration is invalid, and the message lists every field and reason; or it is to be kept in the data directory, which cannot
    /// be written (<see cref="DiscoveryError.StorageFailed"/>): then what was registered before still holds.
    /// </exception>
    ValueTask RegisterServiceAsync(
        ServiceRegistration registration,
        AgentRegisterOptions? options = null,
        CallContext? context = null,
        CancellationToken cancellationToken = default);

    /// <summary>Takes a service and its checks out of agent and catalog.</summary>
    /// <param name="serviceId">The instance's id.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog.</param>
    /// <returns>False when the agent has no such service.</returns>
    ValueTask<bool> DeregisterServiceAsync(string serviceId, CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Registers a check of the node, or of one of its services.</summary>
    /// <param name="definition">The check.</param>
    /// <param name="serviceId">The instance it checks, or null for the node.</param>
    /// <param name="options">How it is meant; the defaults when null.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog.</param>
    /// <exception cref="DiscoveryException">
    /// The check is invalid (<see cref="DiscoveryError.InvalidRequest"/>), there is no such service
    /// (<see cref="DiscoveryError.NotFound"/>), or the data directory cannot be written (<see cref="DiscoveryError.StorageFailed"/>).
    /// </exception>
    ValueTask RegisterCheckAsync(
        CheckDefinition definition,
        string? serviceId = null,
        AgentRegisterOptions? options = null,
        CallContext? context = null,
        CancellationToken cancellationToken = default);

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
    /// <param name="lifetime">Whether the word outlives the process: if its time has not run out, the check begins with it again.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog.</param>
    /// <exception cref="DiscoveryException">
    /// There is no such check (<see cref="DiscoveryError.NotFound"/>), it is not a TTL check (<see cref="DiscoveryError.InvalidRequest"/>),
    /// or the status holds but could not be written to the data directory (<see cref="DiscoveryError.StorageFailed"/>).
    /// </exception>
    ValueTask UpdateCheckAsync(
        string checkId,
        CheckStatus status,
        string output = "",
        RegistrationLifetime lifetime = RegistrationLifetime.Process,
        CallContext? context = null,
        CancellationToken cancellationToken = default);

    /// <summary>Puts a service into maintenance: a critical check that stays until it is taken out of maintenance.</summary>
    /// <param name="serviceId">The instance's id.</param>
    /// <param name="maintenance">On or off.</param>
    /// <param name="reason">What to show; where it is in maintenance already, the first reason stays.</param>
    /// <param name="lifetime">Whether it outlives the process.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog.</param>
    ValueTask SetServiceMaintenanceAsync(
        string serviceId,
        MaintenanceMode maintenance,
        string reason = "",
        RegistrationLifetime lifetime = RegistrationLifetime.Process,
        CallContext? context = null,
        CancellationToken cancellationToken = default);

    /// <summary>Puts the whole node into maintenance.</summary>
    /// <param name="maintenance">On or off.</param>
    /// <param name="reason">What to show; where it is in maintenance already, the first reason stays.</param>
    /// <param name="lifetime">Whether it outlives the process.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog.</param>
    ValueTask SetNodeMaintenanceAsync(
        MaintenanceMode maintenance,
        string reason = "",
        RegistrationLifetime lifetime = RegistrationLifetime.Process,
        CallContext? context = null,
        CancellationToken cancellationToken = default);

    /// <summary>Marks one or all services as draining: still there, but no longer picked or listed as passing.</summary>
    /// <param name="serviceId">The instance's id, or null for all.</param>
    /// <param name="cancellationToken">Gives up waiting for the catalog.</param>
    ValueTask DrainAsync(string? serviceId = null, CancellationToken cancellationToken = default);

    /// <summary>A service registered here, or null.</summary>
    /// <param name="serviceId">The instance's id.</param>
    AgentService? FindService(string serviceId);

    /// <summary>Waits until a service here is no longer what it was: its definition changed, or it came or went.</summary>
    /// <remarks>Its checks do not count.</remarks>
    /// <param name="serviceId">The instance's id.</param>
    /// <param name="seen">What was seen last, null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What it is now, null for nothing.</returns>
    /// <exception cref="DiscoveryException">The agent has stopped.</exception>
    ValueTask<AgentService?> WaitForChangeAsync(string serviceId, AgentService? seen, CancellationToken cancellationToken = default);

    /// <summary>The services registered here, in ordinal order of their ids.</summary>
    IReadOnlyList<AgentService> Services { get; }

    /// <summary>The checks registered here, in ordinal order of their ids.</summary>
    IReadOnlyList<AgentCheck> Checks { get; }
}
