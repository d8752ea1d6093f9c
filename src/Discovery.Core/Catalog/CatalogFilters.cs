namespace Discovery.Catalog;

/// <summary>What filter expressions can select, under the names that Consul's HTTP API gives the fields.</summary>
internal static class CatalogFilters
{
    private static readonly FilterSchema<ServiceAddress> TaggedAddress = new FilterSchemaBuilder<ServiceAddress>()
        .String("Address", static address => address.Address)
        .Int("Port", static address => address.Port)
        .Build();

    private static readonly FilterSchema<ServiceInstance> Weights = new FilterSchemaBuilder<ServiceInstance>()
        .Int("Passing", static instance => instance.Service.Weights.Passing)
        .Int("Warning", static instance => instance.Service.Weights.Warning)
        .Build();

    private static readonly FilterSchema<ServiceInstance> Service = new FilterSchemaBuilder<ServiceInstance>()
        .String("ID", static instance => instance.Service.Id)
        .String("Service", static instance => instance.Service.Name)
        .StringList("Tags", static instance => instance.Service.Tags)
        .String("Address", static instance => instance.Service.Address)
        .StructMap("TaggedAddresses", static instance => TaggedAddressMap(instance.Service), TaggedAddress)
        .StringMap("Meta", static instance => instance.Service.Meta)
        .Int("Port", static instance => instance.Service.Port)
        .Struct("Weights", static instance => instance, Weights)
        .Bool("EnableTagOverride", static instance => instance.Service.EnableTagOverride)
        .Build();

    /// <summary>The fields of a node.</summary>
    public static readonly FilterSchema<CatalogNode> Node = new FilterSchemaBuilder<CatalogNode>()
        .String("ID", static node => node.Id == Guid.Empty ? "" : node.Id.ToString("D"))
        .String("Node", static node => node.Name)
        .String("Address", static node => node.Address)
        .String("Datacenter", static node => node.Datacenter)
        .StringMap("TaggedAddresses", static node => node.TaggedAddresses)
        .StringMap("Meta", static node => node.Meta)
        .Build();

    /// <summary>The fields of a check.</summary>
    public static readonly FilterSchema<CatalogCheck> Check = new FilterSchemaBuilder<CatalogCheck>()
        .String("Node", static check => check.Node)
        .String("CheckID", static check => check.CheckId)
        .String("Name", static check => check.Name)
        .String("Status", static check => StatusText(check.Status))
        .String("Notes", static check => check.Notes)
        .String("Output", static check => check.Output)
        .String("ServiceID", static check => check.ServiceId)
        .String("ServiceName", static check => check.ServiceName)
        .String("Type", static check => check.Type)
        .Build();

    /// <summary>The fields of an instance as Consul's health endpoint shows it: Node, Service, Checks.</summary>
    public static readonly FilterSchema<ServiceInstance> Instance = new FilterSchemaBuilder<ServiceInstance>()
        .Struct("Node", static instance => instance.Node, Node)
        .Struct("Service", static instance => instance, Service)
        .StructList("Checks", static instance => instance.Checks, Check)
        .Build();

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

    private static Dictionary<string, ServiceAddress> TaggedAddressMap(CatalogService service) =>
        new(service.TaggedAddresses, StringComparer.Ordinal);
}
