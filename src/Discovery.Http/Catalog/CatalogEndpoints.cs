using Discovery.Infrastructure;

namespace Discovery.Catalog;

/// <summary><c>/v1/catalog</c>: nodes, services and their instances.</summary>
internal sealed class CatalogEndpoints(IDiscoveryNode node) : IEndpointGroup
{
    private static readonly Func<ApiCall, ServiceSelection, Task> WriteInstances = InstanceRendering.Catalog.WriteAsync;

    private readonly ListBodies<IReadOnlyList<ServiceSummary>> _services = new(WriteSummaries);

    private IServiceCatalog Catalog => node.Catalog;

    public void Map(ApiRoutes routes)
    {
        routes.Add("catalog/datacenters", ApiMethods.Get, DatacentersAsync);
        routes.Add("catalog/nodes", ApiMethods.Get, NodesAsync);
        routes.Add("catalog/services", ApiMethods.Get, ServicesAsync);
        routes.Add("catalog/service/", ApiMethods.Get, ServiceAsync);
        routes.Add("catalog/node/", ApiMethods.Get, NodeAsync);
        routes.Add("catalog/node-services/", ApiMethods.Get, NodeServicesAsync);
        routes.Add("catalog/connect/", ApiMethods.Get, ConnectAsync);
        routes.Add("catalog/gateway-services/", ApiMethods.Get, GatewayServicesAsync);
    }

    private Task DatacentersAsync(ApiCall call)
    {
        if (call.Query.Has("cached"))
        {
            call.Http.Response.Headers["X-Cache"] = "MISS";
        }

        return call.WriteAsync(new JsonBuffer(256).Strings([node.Datacenter]));
    }

    private Task NodesAsync(ApiCall call)
    {
        QueryOptions options = call.ReadOptions();
        var query = new NodeQuery { NodeMeta = call.NodeMeta(), Filter = call.Filter(), Near = call.Near() };
        return call.RunAsync(options, (o, cancelled) => Catalog.QueryNodesAsync(query, o, cancelled), WriteNodes);
    }

    private Task ServicesAsync(ApiCall call)
    {
        call.RefuseNamespace();
        QueryOptions options = call.ReadOptions();
        IReadOnlyList<KeyValuePair<string, string>> meta = call.NodeMeta();
        string? filter = call.Filter();
        call.ShowCache();
        bool isWhole = meta.Count == 0 && filter is null;
        ServicesQuery query = isWhole ? NamesOnly : NamesOnly with { NodeMeta = meta, Filter = filter };
        return call.RunAsync(
            options,
            (o, cancelled) => Catalog.QueryServicesAsync(query, o, cancelled),
            isWhole ? _services.WriteAsync : static (one, summaries) => one.WriteAsync(WriteSummaries(summaries)));
    }

    private static readonly ServicesQuery NamesOnly = new() { IgnoreCounts = true };

    private Task ServiceAsync(ApiCall call)
    {
        call.RefuseNamespace();
        QueryOptions options = call.ReadOptions();
        var query = new ServiceQuery(call.RequireRest("Missing service name"))
        {
            Tags = call.Query.GetAll("tag"),
            NodeMeta = call.NodeMeta(),
            Filter = call.Filter(),
            Selectors = InstanceSelectors.Catalog,
            Near = call.Near(),
        };
        call.ShowCache();
        return call.RunAsync(options, (o, cancelled) => Catalog.QueryViewAsync(query, o, cancelled), WriteInstances);
    }

    private Task NodeAsync(ApiCall call) => NodeAsync(call, static (one, details) => one.WriteAsync(WriteNode(details)));

    private Task NodeServicesAsync(ApiCall call) =>
        NodeAsync(call, static (one, details) => one.WriteAsync(WriteNodeServices(details)));

    private Task NodeAsync(ApiCall call, Func<ApiCall, NodeDetails?, Task> write)
    {
        call.RefuseNamespace();
        QueryOptions options = call.ReadOptions();
        var query = new NodeServicesQuery(call.RequireRest("Missing node name")) { Filter = call.Filter() };
        return call.RunAsync(options, (o, cancelled) => Catalog.QueryNodeAsync(query, o, cancelled), write);
    }

    // There is no service mesh: nothing is ever in these lists, and a query that blocks on one waits its time.
    private Task ConnectAsync(ApiCall call) =>
        MeshAsync(call, "Missing service name", static (one, _) => one.WriteAsync(new JsonBuffer(16).Raw("[]"u8)));

    private Task GatewayServicesAsync(ApiCall call) =>
        MeshAsync(call, "Missing gateway name", static (one, _) => one.WriteAsync(new JsonBuffer(16).Raw("null"u8)));

    private Task MeshAsync(ApiCall call, string missing, Func<ApiCall, ServiceSelection, Task> write)
    {
        call.RefuseNamespace();
        QueryOptions options = call.ReadOptions();
        var query = new ServiceQuery(call.RequireRest(missing)) { Filter = ServiceMesh.NoInstance };
        call.ShowCache();
        return call.RunAsync(options, (o, cancelled) => Catalog.QueryViewAsync(query, o, cancelled), write);
    }

    private static Task WriteNodes(ApiCall call, IReadOnlyList<CatalogNode> nodes)
    {
        var json = new JsonBuffer();
        json.Byte((byte)'[');
        for (int i = 0; i < nodes.Count; i++)
        {
            CatalogJson.WriteNode(i > 0 ? json.Byte((byte)',') : json, nodes[i]);
        }

        return call.WriteAsync(json.Byte((byte)']'));
    }

    private static JsonBuffer WriteSummaries(IReadOnlyList<ServiceSummary> summaries)
    {
        // An object has its names in bytewise order; the catalog orders services without regard to case.
        IEnumerable<ServiceSummary> ordered = summaries.OrderBy(static one => one.Name, StringComparer.Ordinal);
        var json = new JsonBuffer();
        json.Byte((byte)'{');
        bool isFirst = true;
        foreach (ServiceSummary summary in ordered)
        {
            (isFirst ? json : json.Byte((byte)',')).String(summary.Name).Byte((byte)':').Strings(summary.Tags);
            isFirst = false;
        }

        return json.Byte((byte)'}');
    }

    private static JsonBuffer WriteNode(NodeDetails? details)
    {
        var json = new JsonBuffer();
        if (details is null)
        {
            return json.Raw("null"u8);
        }

        CatalogJson.WriteNode(json.Raw("{\"Node\":"u8), details.Node).Raw(",\"Services\":{"u8);
        bool isFirst = true;
        foreach (CatalogService service in details.Services)
        {
            (isFirst ? json : json.Byte((byte)',')).String(service.Id).Byte((byte)':');
            CatalogJson.WriteService(json, service);
            isFirst = false;
        }

        return json.Raw("}}"u8);
    }

    private static JsonBuffer WriteNodeServices(NodeDetails? details)
    {
        var json = new JsonBuffer();
        if (details is null)
        {
            return json.Raw("{\"Node\":null,\"Services\":null}"u8);
        }

        CatalogJson.WriteNode(json.Raw("{\"Node\":"u8), details.Node).Raw(",\"Services\":["u8);
        bool isFirst = true;
        foreach (CatalogService service in details.Services)
        {
            CatalogJson.WriteService(isFirst ? json : json.Byte((byte)','), service);
            isFirst = false;
        }

        return json.Raw("]}"u8);
    }
}
