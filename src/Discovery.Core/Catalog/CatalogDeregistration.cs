namespace Discovery;

/// <summary>Names what is to leave the catalog: a check, a service with its checks, or a node with everything on it.</summary>
public sealed class CatalogDeregistration
{
    /// <summary>The node.</summary>
    public string Node { get; set; } = "";

    /// <summary>The instance.</summary>
    public string? ServiceId { get; set; }

    /// <summary>The check.</summary>
    public string? CheckId { get; set; }

    /// <summary>Which rules hold for entries that an agent keeps.</summary>
    /// <value><see cref="CatalogOwnership.Enforced"/>.</value>
    public CatalogOwnership Ownership { get; set; }
}
