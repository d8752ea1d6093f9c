namespace Discovery.Infrastructure;

/// <summary>Which status and text a typed error has in Consul's API.</summary>
internal static class ApiErrors
{
    public static (int Status, string Text) Of(DiscoveryException error) => error.Error switch
    {
        DiscoveryError.PermissionDenied => (403, error.Message),
        DiscoveryError.NoPathToDatacenter => (500, "No path to datacenter"),
        DiscoveryError.NoLeader => (500, "No cluster leader"),
        DiscoveryError.Overloaded => (429, error.Message),
        _ => (500, error.Message),
    };
}
