namespace Discovery.Agent;

/// <summary>What a filter can select of the agent's own services and checks.</summary>
internal static class AgentFilters
{
    private static readonly FilterSchema<ServiceAddress> s_address = new FilterSchemaBuilder<ServiceAddress>()
        .String("Address", static address => address.Address)
        .Int("Port", static address => address.Port)
        .Build();

    private static readonly FilterSchema<CatalogService> s_weights = new FilterSchemaBuilder<CatalogService>()
        .Int("Passing", static service => service.Weights.Passing)
        .Int("Warning", static service => service.Weights.Warning)
        .Build();

    public static readonly FilterSchema<CatalogService> Service = new FilterSchemaBuilder<CatalogService>()
        .String("Kind", static _ => "")
        .String("ID", static service => service.Id)
        .String("Service", static service => service.Name)
        .StringList("Tags", static service => service.Tags)
        .StringMap("Meta", static service => service.Meta)
        .Int("Port", static service => service.Port)
        .String("Address", static service => service.Address)
        .StructMap(
            "TaggedAddresses",
            static service => new Dictionary<string, ServiceAddress>(service.TaggedAddresses, StringComparer.Ordinal),
            s_address)
        .Struct("Weights", static service => service, s_weights)
        .Bool("EnableTagOverride", static service => service.EnableTagOverride)
        .Build();

    public static readonly FilterSchema<AgentCheckRow> Check = new FilterSchemaBuilder<AgentCheckRow>()
        .String("Node", static row => row.Check.Check.Node)
        .String("CheckID", static row => row.Check.Check.CheckId)
        .String("Name", static row => row.Check.Check.Name)
        .String("Status", static row => AgentJson.StatusText(row.Check.Check.Status))
        .String("Notes", static row => row.Check.Check.Notes)
        .String("Output", static row => row.Check.Check.Output)
        .String("ServiceID", static row => row.Check.Check.ServiceId)
        .String("ServiceName", static row => row.Check.Check.ServiceName)
        .StringList("ServiceTags", static row => row.ServiceTags)
        .String("Type", static row => row.Check.Check.Type)
        .Build();

    /// <summary>The filter of a request, or null where it has none.</summary>
    public static BoundFilter<T>? Bind<T>(FilterSchema<T> schema, string expression) =>
        expression.Length == 0 ? null : schema.Bind(FilterExpression.Parse(expression));
}
