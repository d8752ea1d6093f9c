using System.Net;
using Microsoft.Extensions.Logging;

namespace Discovery.Catalog;

/// <summary>The catalog's facade: hands each call to the part that does it.</summary>
internal sealed class ServiceCatalog(
    CatalogReads reads, CatalogWriter writer, ICommandLog log, NodeRuntime runtime, WatchMetrics metrics, ILogger<ServiceCatalog> logger)
    : IServiceCatalog
{
    public StateSnapshot Snapshot => log.StateMachine.Current;

    public ServiceView Find(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return reads.Views.Find(service);
    }

    public ServiceView Find(ReadOnlySpan<char> service) => reads.Views.Find(service);

    public CatalogNode? FindNode(ReadOnlySpan<char> name) => reads.Nodes.Find(name);

    public CatalogNode? FindNode(Guid id) => reads.Nodes.Find(id);

    public AddressOwner? FindAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return reads.Addresses.Find(address);
    }

    public ServiceReference Service(string service)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        return new ServiceReference(reads.Views, service);
    }

    public ValueTask<QueryReply<IReadOnlyList<ServiceInstance>>> QueryAsync(
        ServiceQuery query, QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return reads.Queries.QueryAsync(query, options ?? QueryOptions.Default, cancellationToken);
    }

    public ValueTask<QueryReply<ServiceSelection>> QueryViewAsync(
        ServiceQuery query, QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return reads.Queries.QueryViewAsync(query, options ?? QueryOptions.Default, cancellationToken);
    }

    public ValueTask<QueryReply<NodeDetails?>> QueryNodeAsync(
        NodeServicesQuery query, QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return reads.NodeDetails.QueryNodeAsync(query, options ?? QueryOptions.Default, cancellationToken);
    }

    public ValueTask<QueryReply<IReadOnlyList<CheckDetails>>> QueryChecksAsync(
        CheckQuery query, QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return reads.NodeDetails.QueryChecksAsync(query, options ?? QueryOptions.Default, cancellationToken);
    }

    public ValueTask<QueryReply<IReadOnlyList<CatalogNode>>> QueryNodesAsync(
        NodeQuery query, QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return reads.Queries.QueryNodesAsync(query, options ?? QueryOptions.Default, cancellationToken);
    }

    public ValueTask<QueryReply<IReadOnlyList<ServiceSummary>>> QueryServicesAsync(
        ServicesQuery query, QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return reads.ServiceLists.QueryAsync(query, options ?? QueryOptions.Default, cancellationToken);
    }

    public IAsyncEnumerable<ServiceChange> WatchAsync(
        string service, WatchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        return reads.Watcher.WatchAsync(service, options ?? new WatchOptions(), cancellationToken);
    }

    public IAsyncDisposable Subscribe(
        string service, Func<ServiceChange, CancellationToken, ValueTask> handler, WatchOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        ArgumentNullException.ThrowIfNull(handler);
        return new CatalogSubscription(reads.Watcher, runtime, metrics, logger, service, (handler, options ?? new WatchOptions()));
    }

    public async ValueTask<ServiceExplanation> ExplainAsync(
        ServiceQuery query, string? instanceId = null, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        await log.ReadBarrierAsync(ReadConsistency.Stale, cancellationToken);
        return reads.Explainer.Explain(Snapshot, query, instanceId, context ?? CallContext.Local);
    }

    public ValueTask<ulong> RegisterAsync(
        CatalogRegistration registration, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registration);
        return writer.RegisterAsync(registration, context ?? CallContext.Local, cancellationToken);
    }

    public ValueTask<ulong> DeregisterAsync(
        CatalogDeregistration deregistration, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(deregistration);
        return writer.DeregisterAsync(deregistration, context ?? CallContext.Local, cancellationToken);
    }
}
