namespace Discovery;

/// <summary>A handle to one service, kept by whoever looks it up often.</summary>
public sealed class ServiceReference
{
    private readonly Catalog.CatalogViews _views;
    private Catalog.ServiceSlot? _slot;

    internal ServiceReference(Catalog.CatalogViews views, string name)
    {
        _views = views;
        Name = name;
    }

    /// <summary>The service's name, as it was asked for.</summary>
    public string Name { get; }

    /// <summary>The instances now.</summary>
    public ServiceView View => Volatile.Read(ref _slot)?.Current ?? Locate();

    /// <summary>Picks an available instance.</summary>
    /// <param name="strategy">How.</param>
    /// <returns>An instance, or null when none is available.</returns>
    public ServiceInstance? Pick(PickStrategy strategy = PickStrategy.Weighted) => View.Pick(strategy);

    // The service has changed, or come, or gone: the slot is looked up again, for one that has gone does not come back.
    private ServiceView Locate()
    {
        Catalog.ServiceSlot? slot = _views.SlotOf(Name);
        Volatile.Write(ref _slot, slot);
        return slot?.View ?? _views.None;
    }
}
