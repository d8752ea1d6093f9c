namespace Discovery.Catalog;

/// <summary>What filter expressions can select, under the names that Consul's HTTP API gives the fields.</summary>
internal static class CatalogFilters
{
    private static readonly FilterSchema<ServiceAddress> TaggedAddress = new FilterSchemaBuilder<ServiceAddress>()
        .String("Address", static address => address.Address)
        .Int("Port", static address => address.Port)
        .Build();

    private static readonly FilterSchema<CatalogService> Weights = new FilterSchemaBuilder<CatalogService>()
        .Int("Passing", static service => service.Weights.Passing)
        .Int("Warning", static service => service.Weights.Warning)
        .Build();

    /// <summary>The fields of a service as Consul's endpoints for one node show it.</summary>
    public static readonly FilterSchema<CatalogService> NodeService = new FilterSchemaBuilder<CatalogService>()
        .String("ID", static service => service.Id)
        .String("Service", static service => service.Name)
        .StringList("Tags", static service => service.Tags)
        .String("Address", static service => service.Address)
        .StructMap("TaggedAddresses", TaggedAddressMap, TaggedAddress)
        .StringMap("Meta", static service => service.Meta)
        .Int("Port", static service => service.Port)
        .Struct("Weights", static service => service, Weights)
        .Bool("EnableTagOverride", static service => service.EnableTagOverride)
        .String("Kind", static _ => "")
        .Struct("Proxy", static service => service, MeshFilters.Proxy)
        .Struct("Connect", static service => service, MeshFilters.Connect)
        .Build();

    /// <summary>The fields of a node.</summary>
    public static readonly FilterSchema<CatalogNode> Node = new FilterSchemaBuilder<CatalogNode>()
        .String("ID", IdText)
        .String("Node", static node => node.Name)
        .String("Address", static node => node.Address)
        .String("Datacenter", static node => node.Datacenter)
        .StringMap("TaggedAddresses", static node => node.TaggedAddresses)
        .StringMap("Meta", static node => node.Meta)
        .Build();

    /// <summary>The fields of a check, but for the tags of its service, which it does not know.</summary>
    public static readonly FilterSchema<CatalogCheck> Check = CheckFields<CatalogCheck>(static check => check).Build();

    /// <summary>The fields of a check.</summary>
    public static readonly FilterSchema<CheckDetails> TaggedCheck = CheckFields<CheckDetails>(static details => details.Check)
        .StringList("ServiceTags", static details => details.ServiceTags)
        .Build();

    /// <summary>The fields of an instance as Consul's health endpoint shows it: Node, Service, Checks.</summary>
    public static readonly FilterSchema<ServiceInstance> Instance = new FilterSchemaBuilder<ServiceInstance>()
        .Struct("Node", static instance => instance.Node, Node)
        .Struct("Service", static instance => instance.Service, NodeService)
        .StructList("Checks", static instance => instance.Checks, Check)
        .Build();

    // For the few that ask for the tags of checks: the pairs are made for each instance that is judged.
    private static readonly FilterSchema<ServiceInstance> TaggedInstance = new FilterSchemaBuilder<ServiceInstance>()
        .Struct("Node", static instance => instance.Node, Node)
        .Struct("Service", static instance => instance.Service, NodeService)
        .StructList("Checks", TaggedChecks, TaggedCheck)
        .Build();

    /// <summary>The fields of an instance as Consul's catalog endpoint shows it: one level, those of the service with a prefix.</summary>
    public static readonly FilterSchema<ServiceInstance> CatalogInstance = new FilterSchemaBuilder<ServiceInstance>()
        .String("ID", static instance => IdText(instance.Node))
        .String("Node", static instance => instance.Node.Name)
        .String("Address", static instance => instance.Node.Address)
        .String("Datacenter", static instance => instance.Node.Datacenter)
        .StringMap("TaggedAddresses", static instance => instance.Node.TaggedAddresses)
        .StringMap("NodeMeta", static instance => instance.Node.Meta)
        .String("ServiceID", static instance => instance.Service.Id)
        .String("ServiceName", static instance => instance.Service.Name)
        .StringList("ServiceTags", static instance => instance.Service.Tags)
        .String("ServiceAddress", static instance => instance.Service.Address)
        .StructMap("ServiceTaggedAddresses", static instance => TaggedAddressMap(instance.Service), TaggedAddress)
        .Struct("ServiceWeights", static instance => instance.Service, Weights)
        .StringMap("ServiceMeta", static instance => instance.Service.Meta)
        .Int("ServicePort", static instance => instance.Service.Port)
        .Bool("ServiceEnableTagOverride", static instance => instance.Service.EnableTagOverride)
        .String("ServiceKind", static _ => "")
        .Struct("ServiceProxy", static instance => instance.Service, MeshFilters.Proxy)
        .Struct("ServiceConnect", static instance => instance.Service, MeshFilters.Connect)
        .Build();

    /// <summary>The fields of a service in the list of services.</summary>
    public static readonly FilterSchema<ServiceSummary> Summary = new FilterSchemaBuilder<ServiceSummary>()
        .String("ServiceName", static summary => summary.Name)
        .StringList("ServiceTags", static summary => summary.Tags)
        .Build();

    /// <summary>Makes the filter of a query for instances; null for no filter.</summary>
    /// <exception cref="DiscoveryException">The expression is malformed, or selects what is not there.</exception>
    public static BoundFilter<ServiceInstance>? Bind(ServiceQuery query) =>
        Bind(
            query.Selectors == InstanceSelectors.Catalog ? CatalogInstance
            : query.Filter?.Contains("ServiceTags", StringComparison.Ordinal) == true ? TaggedInstance
            : Instance,
            query.Filter);

    /// <summary>Makes a filter that can be asked row by row; null for no filter.</summary>
    /// <exception cref="DiscoveryException">The expression is malformed, or selects what is not there.</exception>
    public static BoundFilter<T>? Bind<T>(FilterSchema<T> schema, string? expression) =>
        string.IsNullOrEmpty(expression) ? null : schema.Bind(FilterExpression.Parse(expression));

    public static string StatusText(CheckStatus status) => status switch
    {
        CheckStatus.Passing => "passing",
        CheckStatus.Warning => "warning",
        _ => "critical",
    };

    private static FilterSchemaBuilder<T> CheckFields<T>(Func<T, CatalogCheck> check) => new FilterSchemaBuilder<T>()
        .String("Node", row => check(row).Node)
        .String("CheckID", row => check(row).CheckId)
        .String("Name", row => check(row).Name)
        .String("Status", row => StatusText(check(row).Status))
        .String("Notes", row => check(row).Notes)
        .String("Output", row => check(row).Output)
        .String("ServiceID", row => check(row).ServiceId)
        .String("ServiceName", row => check(row).ServiceName)
        .String("Type", row => check(row).Type);

    private static CheckDetails[] TaggedChecks(ServiceInstance instance) =>
        [.. instance.Checks.Select(check => new CheckDetails(check, check.ServiceId.Length > 0 ? instance.Service.Tags : []))];

    private static string IdText(CatalogNode node) => node.Id == Guid.Empty ? "" : node.Id.ToString("D");

    private static Dictionary<string, ServiceAddress> TaggedAddressMap(CatalogService service) =>
        new(service.TaggedAddresses, StringComparer.Ordinal);
}
