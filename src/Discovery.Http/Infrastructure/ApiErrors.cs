namespace Discovery.Infrastructure;

/// <summary>Which status and text a typed error has in Consul's API.</summary>
internal static class ApiErrors
{
    /// <param name="error">The error.</param>
    /// <param name="concern">What this node knows to be wrong with itself: most likely that is why nobody leads.</param>
    public static (int Status, string Text) Of(DiscoveryException error, string? concern) => error.Error switch
    {
        DiscoveryError.PermissionDenied => (403, error.Message),
        DiscoveryError.NoPathToDatacenter => (500, "No path to datacenter"),
        DiscoveryError.NoLeader => (500, concern is null ? "No cluster leader" : $"No cluster leader. {concern}"),
        DiscoveryError.Overloaded => (429, error.Message),
        _ => (500, error.Message),
    };
}
