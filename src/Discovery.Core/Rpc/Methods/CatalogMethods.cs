using Discovery.Consul;

namespace Discovery.Rpc;

/// <summary><c>Catalog</c>: nodes, services and their instances.</summary>
internal sealed class CatalogMethods(IServiceCatalog catalog) : IRpcMethodGroup
{
    private static readonly ServicesQuery s_names = new() { IgnoreCounts = true };

    private static readonly RpcShape<CatalogRegisterBody> s_register = new(
        new("Datacenter", static (ref reader, body) => reader.ReadText(ref body.Datacenter)),
        new("ID", static (ref reader, body) => reader.ReadText(ref body.Id)),
        new("Node", static (ref reader, body) => reader.ReadText(ref body.Node)),
        new("Address", static (ref reader, body) => reader.ReadText(ref body.Address)),
        new("TaggedAddresses", static (ref reader, body) => reader.ReadMap(ref body.TaggedAddresses)),
        new("NodeMeta", static (ref reader, body) => reader.ReadMap(ref body.NodeMeta)),
        new("Service", static (ref reader, body) => reader.ReadOptional(RpcCatalogShapes.Service, ref body.Service)),
        new("Check", static (ref reader, body) => reader.ReadOptional(RpcCatalogShapes.Check, ref body.Check)),
        new("Checks", static (ref reader, body) => reader.ReadList(RpcCatalogShapes.Check, ref body.Checks)),
        new("SkipNodeUpdate", static (ref reader, body) => reader.ReadBoolean(ref body.SkipNodeUpdate)),
        new("Token", static (ref reader, body) => reader.ReadText(ref body.Token)));

    private static readonly RpcShape<CatalogDeregisterBody> s_deregister = new(
        new("Datacenter", static (ref reader, body) => reader.ReadText(ref body.Datacenter)),
        new("Node", static (ref reader, body) => reader.ReadText(ref body.Node)),
        new("ServiceID", static (ref reader, body) => reader.ReadText(ref body.ServiceId)),
        new("CheckID", static (ref reader, body) => reader.ReadText(ref body.CheckId)),
        new("Token", static (ref reader, body) => reader.ReadText(ref body.Token)));

    public IReadOnlyList<RpcMethod> Methods =>
    [
        new("Catalog.Register", RegisterAsync),
        new("Catalog.Deregister", DeregisterAsync),
        new("Catalog.ListDatacenters", ListDatacenters),
        new("Catalog.ListNodes", ListNodesAsync),
        new("Catalog.ListServices", ListServicesAsync),
        new("Catalog.ServiceNodes", ServiceNodesAsync),
        new("Catalog.NodeServices", NodeServicesAsync),
        new("Catalog.NodeServiceList", NodeServiceListAsync),
    ];

    private async ValueTask RegisterAsync(RpcCall call)
    {
        CatalogRegisterBody body = RpcReader.Read(call.Body.Span, s_register);
        var request = new RpcRequest { Datacenter = body.Datacenter, Token = body.Token };
        request.RequireDatacenter(call);
        try
        {
            await catalog.RegisterAsync(CatalogBodies.ToRegistration(body), request.ContextOf(call), call.Aborted);
        }
        catch (CatalogRefusedException refused)
        {
            throw new ApiException(500, CatalogRefusalText.Of(refused, body));
        }

        RpcReplies.Empty(call);
    }

    private async ValueTask DeregisterAsync(RpcCall call)
    {
        CatalogDeregisterBody body = RpcReader.Read(call.Body.Span, s_deregister);
        var request = new RpcRequest { Datacenter = body.Datacenter, Token = body.Token };
        request.RequireDatacenter(call);
        try
        {
            await catalog.DeregisterAsync(CatalogBodies.ToDeregistration(body), request.ContextOf(call), call.Aborted);
        }
        catch (CatalogRefusedException refused) when (refused.Reason == CatalogRefusal.NodeMissing)
        {
            throw new ApiException(500, "Must provide node");
        }

        RpcReplies.Empty(call);
    }

    private static ValueTask ListDatacenters(RpcCall call)
    {
        RpcReader.Read(call.Body.Span, CatalogRequest.OfDatacenter);
        RpcReplies.Texts(call, [call.Datacenter]);
        return ValueTask.CompletedTask;
    }

    private ValueTask ListNodesAsync(RpcCall call)
    {
        CatalogRequest request = CatalogRequest.Read(call, CatalogRequest.OfDatacenter);
        var query = new NodeQuery { NodeMeta = request.NodeMetaPairs, Filter = request.FilterOrNull, Near = request.Near };
        return RpcReplies.QueryAsync(
            call, request, (options, cancelled) => catalog.QueryNodesAsync(query, options, cancelled), "Nodes",
            static (ref writer, nodes) => RpcReplies.WriteList(ref writer, nodes, RpcCatalogRows.WriteNode));
    }

    private ValueTask ListServicesAsync(RpcCall call)
    {
        CatalogRequest request = CatalogRequest.Read(call, CatalogRequest.OfDatacenter);
        ServicesQuery query = s_names with { NodeMeta = request.NodeMetaPairs, Filter = request.FilterOrNull };
        return RpcReplies.QueryAsync(
            call, request, (options, cancelled) => catalog.QueryServicesAsync(query, options, cancelled), "Services",
            static (ref writer, services) =>
            {
                writer.WriteMapHeader(services.Count);
                foreach (ServiceSummary service in services)
                {
                    writer.Write(service.Name);
                    RpcReplies.WriteTexts(ref writer, service.Tags);
                }
            });
    }

    private ValueTask ServiceNodesAsync(RpcCall call)
    {
        ServiceQuery query = Query(call, InstanceSelectors.Catalog, out CatalogRequest request);
        return RpcReplies.QueryAsync(
            call, request, (options, cancelled) => catalog.QueryAsync(query, options, cancelled), "ServiceNodes",
            static (ref writer, instances) => RpcReplies.WriteList(ref writer, instances, RpcCatalogRows.WriteServiceNode));
    }

    private static ServiceQuery Query(RpcCall call, InstanceSelectors selectors, out CatalogRequest request)
    {
        request = CatalogRequest.Read(call, CatalogRequest.OfService);
        return request.ToServiceQuery(selectors);
    }

    private ValueTask NodeServicesAsync(RpcCall call) => NodeAsync(call, static (ref writer, details) =>
    {
        if (details is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(2);
        writer.Write("Node");
        RpcCatalogRows.WriteNode(ref writer, details.Node);
        writer.Write("Services");
        writer.WriteMapHeader(details.Services.Count);
        foreach (CatalogService service in details.Services)
        {
            writer.Write(service.Id);
            RpcCatalogRows.WriteService(ref writer, service);
        }
    });

    private ValueTask NodeServiceListAsync(RpcCall call) => NodeAsync(call, static (ref writer, details) =>
    {
        writer.WriteMapHeader(2);
        writer.Write("Node");
        if (details is null)
        {
            writer.WriteNil();
        }
        else
        {
            RpcCatalogRows.WriteNode(ref writer, details.Node);
        }

        writer.Write("Services");
        RpcReplies.WriteList(ref writer, details?.Services ?? [], RpcCatalogRows.WriteService);
    });

    private ValueTask NodeAsync(RpcCall call, RpcBodyWriter<NodeDetails?> write)
    {
        CatalogRequest request = CatalogRequest.Read(call, CatalogRequest.OfNode);
        if (request.Node.Length == 0)
        {
            throw new ApiException(500, "Must provide node");
        }

        var query = new NodeServicesQuery(request.Node) { Filter = request.FilterOrNull };
        return RpcReplies.QueryAsync(
            call, request, (options, cancelled) => catalog.QueryNodeAsync(query, options, cancelled), "NodeServices", write);
    }
}
