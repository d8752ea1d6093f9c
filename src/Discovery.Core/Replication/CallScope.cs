namespace Discovery;

/// <summary>Which calls a node answers itself: those for its own datacenter.</summary>
/// <param name="Datacenter">The node's datacenter.</param>
public sealed record CallScope(string Datacenter)
{
    /// <summary>Throws Consul's error for a datacenter that no path leads to.</summary>
    /// <param name="context">Who calls, and for which datacenter.</param>
    /// <exception cref="DiscoveryException"><see cref="DiscoveryError.NoPathToDatacenter"/>.</exception>
    public void Check(CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Datacenter is { Length: > 0 } other && !string.Equals(other, Datacenter, StringComparison.OrdinalIgnoreCase))
        {
            throw new DiscoveryException(DiscoveryError.NoPathToDatacenter, "No path to datacenter");
        }
    }
}
