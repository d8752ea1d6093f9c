namespace Discovery.Rpc;

/// <summary><c>Health</c>: instances with their checks, and checks.</summary>
internal sealed class HealthMethods(IServiceCatalog catalog) : IRpcMethodGroup
{
    // No check has an empty id: a query that blocks on nothing waits its time.
    private const string NoCheck = "CheckID == \"\"";

    public IReadOnlyList<RpcMethod> Methods =>
    [
        new("Health.ServiceNodes", ServiceNodesAsync),
        new("Health.NodeChecks", NodeChecksAsync),
        new("Health.ServiceChecks", ServiceChecksAsync),
        new("Health.ChecksInState", ChecksInStateAsync),
    ];

    private ValueTask ServiceNodesAsync(RpcCall call)
    {
        CatalogRequest request = CatalogRequest.Read(call, CatalogRequest.OfService);
        ServiceQuery query = request.ToServiceQuery(InstanceSelectors.Health);
        return RpcReplies.QueryAsync(
            call, request, (options, cancelled) => catalog.QueryAsync(query, options, cancelled), "Nodes",
            static (ref writer, instances) => RpcReplies.WriteList(ref writer, instances, RpcCatalogRows.WriteInstance));
    }

    private ValueTask NodeChecksAsync(RpcCall call)
    {
        CatalogRequest request = CatalogRequest.Read(call, CatalogRequest.OfNode);
        return ChecksAsync(call, request, request.Node.Length > 0
            ? new CheckQuery { Node = request.Node, Filter = request.FilterOrNull }
            : new CheckQuery { Filter = NoCheck });
    }

    private ValueTask ServiceChecksAsync(RpcCall call)
    {
        CatalogRequest request = CatalogRequest.Read(call, CatalogRequest.OfService);
        return ChecksAsync(call, request, new CheckQuery
        {
            Service = request.Service,
            NodeMeta = request.NodeMetaPairs,
            Filter = request.Service.Length > 0 ? request.FilterOrNull : NoCheck,
            Near = request.Near,
        });
    }

    private ValueTask ChecksInStateAsync(RpcCall call)
    {
        CatalogRequest request = CatalogRequest.Read(call, CatalogRequest.OfState);
        var query = new CheckQuery { NodeMeta = request.NodeMetaPairs, Filter = request.FilterOrNull, Near = request.Near };
        return ChecksAsync(call, request, request.State switch
        {
            "any" => query,
            "passing" => query with { Status = CheckStatus.Passing },
            "warning" => query with { Status = CheckStatus.Warning },
            "critical" => query with { Status = CheckStatus.Critical },
            _ => query with { Filter = NoCheck },
        });
    }

    private ValueTask ChecksAsync(RpcCall call, RpcRequest request, CheckQuery query) => RpcReplies.QueryAsync(
        call, request, (options, cancelled) => catalog.QueryChecksAsync(query, options, cancelled), "HealthChecks",
        static (ref writer, checks) => RpcReplies.WriteList(
            ref writer, checks, static (ref inner, one) => RpcCatalogRows.WriteCheck(ref inner, one.Check, one.ServiceTags)));
}
