namespace Discovery;

/// <summary>Which instances of a service a query is for.</summary>
/// <param name="Service">The service's name; case does not matter.</param>
public sealed record ServiceQuery(string Service)
{
    /// <summary>Only instances that have all of these tags; case does not matter.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The health that an instance must have.</summary>
    /// <value><see cref="HealthFilter.Any"/>.</value>
    public HealthFilter Health { get; init; }

    /// <summary>Only instances on nodes that have all of these metadata.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> NodeMeta { get; init; } = [];

    /// <summary>Only instances that a filter expression accepts.</summary>
    public string? Filter { get; init; }

    /// <summary>By which names <see cref="Filter"/> selects.</summary>
    /// <value><see cref="InstanceSelectors.Health"/>.</value>
    public InstanceSelectors Selectors { get; init; }

    /// <summary>A node's name: what is nearest to it comes first. Without a known node the order is that of the names.</summary>
    public string? Near { get; init; }
}
