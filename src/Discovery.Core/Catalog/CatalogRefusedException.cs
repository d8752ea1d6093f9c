namespace Discovery;

/// <summary>A write that the catalog did not take: why, and what stands in the way. Nothing of it was applied.</summary>
public sealed class CatalogRefusedException : DiscoveryException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="subject">What stands in the way, as <see cref="CatalogRefusal"/> says for each reason; may be empty.</param>
    /// <param name="message">What happened and, where there is one, the remedy.</param>
    public CatalogRefusedException(CatalogRefusal reason, string subject, string message)
        : base(ClassOf(reason), message)
    {
        Reason = reason;
        Subject = subject;
    }

    /// <summary>Why.</summary>
    public CatalogRefusal Reason { get; }

    /// <summary>What stands in the way: an id, a name, an address; empty when there is nothing to name.</summary>
    public string Subject { get; }

    private static DiscoveryError ClassOf(CatalogRefusal reason) => reason switch
    {
        CatalogRefusal.OwnedByOther => DiscoveryError.OwnedByOther,
        CatalogRefusal.NodeNotFound or CatalogRefusal.ServiceNotOnNode => DiscoveryError.NotFound,
        _ => DiscoveryError.InvalidRequest,
    };
}
