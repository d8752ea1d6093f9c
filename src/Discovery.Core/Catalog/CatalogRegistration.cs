namespace Discovery;

/// <summary>Writes entries straight into the catalog, for what has no agent: a database, a printer, somebody else's service.</summary>
public sealed class CatalogRegistration
{
    /// <summary>The node's name.</summary>
    public string Node { get; set; } = "";

    /// <summary>The node's identity.</summary>
    /// <value>Empty: none.</value>
    public Guid NodeId { get; set; }

    /// <summary>The node's address.</summary>
    public string Address { get; set; } = "";

    /// <summary>The node's addresses by tag.</summary>
    public IDictionary<string, string> TaggedAddresses { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The node's metadata.</summary>
    public IDictionary<string, string> NodeMeta { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Leave the node as it is; it must exist.</summary>
    public bool SkipNodeUpdate { get; set; }

    /// <summary>A service on the node; its checks here are plain statuses in <see cref="Checks"/>, not probes.</summary>
    public ServiceRegistration? Service { get; set; }

    /// <summary>Statuses of checks that somebody else runs, at most 1,024.</summary>
    public IList<CatalogCheckRegistration> Checks { get; set; } = new List<CatalogCheckRegistration>();

    /// <summary>Which rules hold for entries that an agent keeps.</summary>
    /// <value><see cref="CatalogOwnership.Enforced"/>.</value>
    public CatalogOwnership Ownership { get; set; }
}
