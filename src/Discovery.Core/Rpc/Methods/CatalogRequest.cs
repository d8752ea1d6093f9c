namespace Discovery.Rpc;

/// <summary>What the queries of the catalog and of health are asked with; each has some of it.</summary>
internal sealed class CatalogRequest : RpcRequest
{
    public Dictionary<string, string>? NodeMeta;
    public string Node = "";
    public string Service = "";
    public string Tag = "";
    public List<string>? Tags;
    public string Address = "";
    public bool FiltersTags;
    public bool IsConnect;
    public bool IsIngress;
    public string State = "";

    private static readonly RpcField<CatalogRequest> s_nodeMeta =
        new("NodeMetaFilters", static (ref reader, request) => reader.ReadMap(ref request.NodeMeta));

    private static readonly RpcField<CatalogRequest> s_name =
        new("ServiceName", static (ref reader, request) => reader.ReadText(ref request.Service));

    /// <summary>Of a query about the datacenter as a whole.</summary>
    public static readonly RpcShape<CatalogRequest> OfDatacenter = new(
        [RpcFields.Datacenter<CatalogRequest>(), s_nodeMeta, RpcFields.Source<CatalogRequest>(), .. RpcFields.Query<CatalogRequest>()]);

    /// <summary>Of a query about a node.</summary>
    public static readonly RpcShape<CatalogRequest> OfNode = new(
    [
        RpcFields.Datacenter<CatalogRequest>(),
        new("Node", static (ref reader, request) => reader.ReadText(ref request.Node)),
        .. RpcFields.Query<CatalogRequest>(),
    ]);

    /// <summary>Of a query about a service.</summary>
    public static readonly RpcShape<CatalogRequest> OfService = new(
    [
        RpcFields.Datacenter<CatalogRequest>(),
        s_nodeMeta,
        s_name,
        new("ServiceTag", static (ref reader, request) => reader.ReadText(ref request.Tag)),
        new("ServiceTags", static (ref reader, request) => reader.ReadTexts(ref request.Tags)),
        new("ServiceAddress", static (ref reader, request) => reader.ReadText(ref request.Address)),
        new("TagFilter", static (ref reader, request) => reader.ReadBoolean(ref request.FiltersTags)),
        new("Connect", static (ref reader, request) => reader.ReadBoolean(ref request.IsConnect)),
        RpcFields.Source<CatalogRequest>(),
        new("Ingress", static (ref reader, request) => reader.ReadBoolean(ref request.IsIngress)),
        .. RpcFields.Query<CatalogRequest>(),
    ]);

    /// <summary>Of a query about the checks in a state.</summary>
    public static readonly RpcShape<CatalogRequest> OfState = new(
    [
        RpcFields.Datacenter<CatalogRequest>(),
        s_nodeMeta,
        new("State", static (ref reader, request) => reader.ReadText(ref request.State)),
        RpcFields.Source<CatalogRequest>(),
        .. RpcFields.Query<CatalogRequest>(),
    ]);

    /// <summary>Reads a request for this datacenter.</summary>
    public static CatalogRequest Read(RpcCall call, RpcShape<CatalogRequest> shape)
    {
        CatalogRequest request = RpcReader.Read(call.Body.Span, shape);
        request.RequireDatacenter(call);
        return request;
    }

    public IReadOnlyList<KeyValuePair<string, string>> NodeMetaPairs =>
        [.. (NodeMeta ?? []).OrderBy(static pair => pair.Key, StringComparer.Ordinal)];

    public string? Near => SourceNode.Length > 0 ? SourceNode : null;

    /// <summary>The query about a service that this asks for.</summary>
    public ServiceQuery ToServiceQuery(InstanceSelectors selectors)
    {
        if (Service.Length == 0)
        {
            throw new DiscoveryException(DiscoveryError.InvalidRequest, "Must provide service name");
        }

        if (Address.Length > 0)
        {
            throw new DiscoveryException(DiscoveryError.InvalidRequest, "Services by their address are not supported");
        }

        return new ServiceQuery(Service)
        {
            Tags = !FiltersTags ? [] : Tags is { Count: > 0 } ? Tags : Tag.Length > 0 ? [Tag] : [],
            NodeMeta = NodeMetaPairs,

            // There is no service mesh: nothing is ever in its lists.
            Filter = IsConnect || IsIngress ? NoInstance(selectors) : FilterOrNull,
            Selectors = selectors,
            Near = Near,
        };
    }

    private static string NoInstance(InstanceSelectors selectors) =>
        selectors == InstanceSelectors.Health ? "Service.ID == \"\"" : "ServiceID == \"\"";
}
