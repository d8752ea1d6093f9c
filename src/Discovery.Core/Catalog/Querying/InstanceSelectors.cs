namespace Discovery;

/// <summary>By which names a filter expression selects from an instance.</summary>
public enum InstanceSelectors
{
    /// <summary>As Consul's health endpoints show instances: Node.Node, Service.Port, Checks.Status.</summary>
    Health = 0,

    /// <summary>As Consul's catalog endpoints show instances: Node, ServicePort, ServiceTags.</summary>
    Catalog = 1,
}
