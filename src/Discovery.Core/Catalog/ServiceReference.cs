namespace Discovery;

/// <summary>A handle to one service, kept by whoever looks it up often.</summary>
public sealed class ServiceReference
{
    private readonly Catalog.ServiceSlot _slot;

    internal ServiceReference(Catalog.ServiceSlot slot) => _slot = slot;

    /// <summary>The service's name.</summary>
    public string Name => _slot.Name;

    /// <summary>The instances now.</summary>
    public ServiceView View => _slot.View;

    /// <summary>Picks an available instance.</summary>
    /// <param name="strategy">How.</param>
    /// <returns>An instance, or null when none is available.</returns>
    public ServiceInstance? Pick(PickStrategy strategy = PickStrategy.Weighted) => _slot.View.Pick(strategy);
}
