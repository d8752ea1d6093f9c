namespace Discovery.Catalog;

/// <summary>Which calls this node answers: those for its own datacenter.</summary>
/// <param name="Datacenter">The node's datacenter.</param>
internal sealed record CatalogScope(string Datacenter)
{
    /// <summary>Throws Consul's error for a datacenter that no path leads to.</summary>
    public void Check(CallContext context)
    {
        if (context.Datacenter is { Length: > 0 } other && !string.Equals(other, Datacenter, StringComparison.OrdinalIgnoreCase))
        {
            throw new DiscoveryException(DiscoveryError.NoPathToDatacenter, "No path to datacenter");
        }
    }
}
