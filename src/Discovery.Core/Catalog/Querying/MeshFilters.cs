namespace Discovery.Catalog;

/// <summary>
/// The fields of Consul's service mesh, which filter expressions may name: no service of this catalog is part of a mesh, so they are empty.
/// </summary>
internal static class MeshFilters
{
    private static readonly FilterSchema<CatalogService> MeshGateway = new FilterSchemaBuilder<CatalogService>()
        .String("Mode", static _ => "")
        .Build();

    private static readonly FilterSchema<CatalogService> Upstream = new FilterSchemaBuilder<CatalogService>()
        .String("DestinationType", static _ => "")
        .String("DestinationName", static _ => "")
        .String("Datacenter", static _ => "")
        .String("LocalBindAddress", static _ => "")
        .Int("LocalBindPort", static _ => 0)
        .Struct("MeshGateway", static service => service, MeshGateway)
        .Build();

    private static readonly FilterSchema<CatalogService> ExposePath = new FilterSchemaBuilder<CatalogService>()
        .Int("ListenerPort", static _ => 0)
        .String("Path", static _ => "")
        .Int("LocalPathPort", static _ => 0)
        .String("Protocol", static _ => "")
        .Build();

    private static readonly FilterSchema<CatalogService> Expose = new FilterSchemaBuilder<CatalogService>()
        .Bool("Checks", static _ => false)
        .StructList("Paths", static _ => Array.Empty<CatalogService>(), ExposePath)
        .Build();

    /// <summary>The fields of a proxy.</summary>
    public static readonly FilterSchema<CatalogService> Proxy = new FilterSchemaBuilder<CatalogService>()
        .String("DestinationServiceName", static _ => "")
        .String("DestinationServiceID", static _ => "")
        .String("LocalServiceAddress", static _ => "")
        .Int("LocalServicePort", static _ => 0)
        .StructList("Upstreams", static _ => Array.Empty<CatalogService>(), Upstream)
        .Struct("MeshGateway", static service => service, MeshGateway)
        .Struct("Expose", static service => service, Expose)
        .Build();

    /// <summary>The fields of what a service is in the mesh.</summary>
    public static readonly FilterSchema<CatalogService> Connect = new FilterSchemaBuilder<CatalogService>()
        .Bool("Native", static _ => false)
        .Build();
}
