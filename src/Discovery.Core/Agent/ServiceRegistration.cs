namespace Discovery;

/// <summary>What a process offers: one instance of a service, with its checks.</summary>
public sealed class ServiceRegistration
{
    /// <summary>The service's name: what others look up. Letters, digits and hyphens, at most 63, so that DNS can carry it.</summary>
    public string Name { get; set; } = "";

    /// <summary>The instance's id, unique on this node.</summary>
    /// <value>The name.</value>
    public string? Id { get; set; }

    /// <summary>Tags, in the order given: at most 512, each of at most 4,096 characters.</summary>
    public IList<string> Tags { get; set; } = new List<string>();

    /// <summary>The address to reach it at.</summary>
    /// <value>The node's advertised address; in an ASP.NET app that of its real listener.</value>
    public string? Address { get; set; }

    /// <summary>The port to reach it at, 0 to 65,535.</summary>
    /// <value>0: none, or in an ASP.NET app that of its real listener.</value>
    public int Port { get; set; }

    /// <summary>Metadata: at most 64 pairs, keys of 128 and values of 512 characters.</summary>
    public IDictionary<string, string> Meta { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Addresses by tag, such as lan and wan: at most 64.</summary>
    public IDictionary<string, ServiceAddress> TaggedAddresses { get; set; } =
        new Dictionary<string, ServiceAddress>(StringComparer.Ordinal);

    /// <summary>How much traffic it is to get while its checks pass, 1 to 65,535.</summary>
    /// <value>1.</value>
    public int PassingWeight { get; set; } = 1;

    /// <summary>How much traffic it is to get while a check warns, 0 to 65,535.</summary>
    /// <value>1.</value>
    public int WarningWeight { get; set; } = 1;

    /// <summary>Whether tags that others set in the catalog win over <see cref="Tags"/>.</summary>
    public bool EnableTagOverride { get; set; }

    /// <summary>Its checks.</summary>
    public IList<CheckDefinition> Checks { get; set; } = new List<CheckDefinition>();
}
