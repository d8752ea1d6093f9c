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

    /// <summary>Only instances that a filter expression accepts; selectors as in Consul's health endpoint.</summary>
    public string? Filter { get; init; }
}
