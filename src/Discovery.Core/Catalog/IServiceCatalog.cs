using System.Net;

namespace Discovery;

/// <summary>Finds services, follows them, explains them, and writes entries that have no agent.</summary>
public interface IServiceCatalog
{
    /// <summary>The instances of a service as this node knows them now: no socket, no lock, and no allocation.</summary>
    /// <param name="service">The service's name; case does not matter.</param>
    /// <returns>An immutable view; an empty one for a service without instances.</returns>
    ServiceView Find(string service);

    /// <summary>The instances of a service as <see cref="Find(string)"/> gives them, for a name that is in somebody's buffer.</summary>
    /// <param name="service">The service's name; case does not matter.</param>
    /// <returns>An immutable view; an empty one for a service without instances.</returns>
    ServiceView Find(ReadOnlySpan<char> service);

    /// <summary>Finds a node by its name, as this node knows it now, without allocating.</summary>
    /// <param name="name">The name; case does not matter.</param>
    /// <returns>The node, or null.</returns>
    CatalogNode? FindNode(ReadOnlySpan<char> name);

    /// <summary>Finds a node by its id, as this node knows it now, without allocating.</summary>
    /// <param name="id">The id; an empty one is nobody's.</param>
    /// <returns>The node, or null.</returns>
    CatalogNode? FindNode(Guid id);

    /// <summary>Finds what an address belongs to: the first node that has it, else the first service that has it as its own.</summary>
    /// <remarks>The first question has an index made of the whole catalog, which is kept from then on.</remarks>
    /// <param name="address">The address; an IPv4 address may be in its IPv6 form.</param>
    /// <returns>The owner, or null.</returns>
    AddressOwner? FindAddress(IPAddress address);

    /// <summary>A handle to one service for hot paths: its view is one read of a field away.</summary>
    /// <param name="service">The service's name; need not exist yet.</param>
    ServiceReference Service(string service);

    /// <summary>The whole state of this node now, for reads that span services.</summary>
    StateSnapshot Snapshot { get; }

    /// <summary>Lists the instances of a service, at once or when they have changed.</summary>
    /// <param name="query">Which instances.</param>
    /// <param name="options">How fresh, and whether to wait for a change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<QueryReply<IReadOnlyList<ServiceInstance>>> QueryAsync(
        ServiceQuery query, QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists the instances of a service with the view that they are from, at once or when they have changed: for answers that are put
    /// together from what was rendered before (<see cref="ServiceView.Render{T}"/>).
    /// </summary>
    /// <param name="query">Which instances.</param>
    /// <param name="options">How fresh, and whether to wait for a change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<QueryReply<ServiceSelection>> QueryViewAsync(
        ServiceQuery query, QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Lists what is on one node, at once or when it has changed.</summary>
    /// <param name="query">Which node, and which of its services.</param>
    /// <param name="options">How fresh, and whether to wait for a change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The node with everything on it, or null when there is none.</returns>
    ValueTask<QueryReply<NodeDetails?>> QueryNodeAsync(
        NodeServicesQuery query, QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Lists checks, in order of their nodes and ids, at once or when they have changed.</summary>
    /// <param name="query">Which checks.</param>
    /// <param name="options">How fresh, and whether to wait for a change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<QueryReply<IReadOnlyList<CheckDetails>>> QueryChecksAsync(
        CheckQuery query, QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the nodes, in order of their names, at once or when they have changed.</summary>
    /// <param name="query">Which nodes.</param>
    /// <param name="options">How fresh, and whether to wait for a change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<QueryReply<IReadOnlyList<CatalogNode>>> QueryNodesAsync(
        NodeQuery query, QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the services with the union of their instances' tags, in order of their names.</summary>
    /// <remarks>Until the list changes, all who ask for all services get the same object.</remarks>
    /// <param name="query">Which services.</param>
    /// <param name="options">How fresh, and whether to wait for a change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<QueryReply<IReadOnlyList<ServiceSummary>>> QueryServicesAsync(
        ServicesQuery query, QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Follows a service.</summary>
    /// <remarks>
    /// Begins with what is there (unless told otherwise) and goes on with deltas that carry the old and the new instance. A reader that
    /// falls
    /// further behind than the node remembers gets one <see cref="ServiceChangeKind.Resync"/> with everything, never silence.
    /// </remarks>
    /// <param name="service">The service's name; need not exist yet.</param>
    /// <param name="options">Every change or the latest, and from where.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<ServiceChange> WatchAsync(
        string service, WatchOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Follows a service with a handler on the node's own loop.</summary>
    /// <remarks>
    /// A handler that throws is logged and counted; the change is not repeated, and the next one is delivered. Disposed from inside its own
    /// handler, the subscription ends when the handler returns, and disposing does not wait for that.
    /// </remarks>
    /// <param name="service">The service's name.</param>
    /// <param name="handler">Called for one change at a time.</param>
    /// <param name="options">Every change or the latest, and from where.</param>
    /// <returns>
    /// Ends the subscription when disposed; the handler's token is cancelled, and the handler is not running any more when that has ended.
    /// </returns>
    IAsyncDisposable Subscribe(
        string service, Func<ServiceChange, CancellationToken, ValueTask> handler, WatchOptions? options = null);

    /// <summary>Says why instances are returned, or are not.</summary>
    /// <param name="query">The query as a caller would make it.</param>
    /// <param name="instanceId">One instance, or null for all.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Ends the wait for a fresh state.</param>
    ValueTask<ServiceExplanation> ExplainAsync(
        ServiceQuery query, string? instanceId = null, CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Writes an entry that no agent keeps.</summary>
    /// <param name="registration">Node, service and checks.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The index; this node's own views have reached it.</returns>
    /// <exception cref="DiscoveryException">It is invalid (the message lists every field and reason).</exception>
    /// <exception cref="CatalogRefusedException">
    /// It is one that Consul refuses, by the rules of <see cref="CatalogOwnership.Consul"/>; or the catalog as it is stands in its way.
    /// </exception>
    ValueTask<ulong> RegisterAsync(
        CatalogRegistration registration, CallContext? context = null, CancellationToken cancellationToken = default);

    /// <summary>Takes an entry out of the catalog; one that this node's agent keeps, it takes out of the agent as well.</summary>
    /// <param name="deregistration">What is to go.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The index; this node's own views have reached it.</returns>
    /// <exception cref="CatalogRefusedException">Another node's agent keeps the entry; the message names it.</exception>
    ValueTask<ulong> DeregisterAsync(
        CatalogDeregistration deregistration, CallContext? context = null, CancellationToken cancellationToken = default);
}
