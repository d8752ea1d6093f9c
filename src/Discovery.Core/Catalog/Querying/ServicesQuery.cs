namespace Discovery;

/// <summary>Which services a query is for.</summary>
public sealed record ServicesQuery
{
    /// <summary>All services.</summary>
    public static readonly ServicesQuery All = new();

    /// <summary>Only services with an instance on a node that has all of these metadata; other instances do not count.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> NodeMeta { get; init; } = [];

    /// <summary>Only services that a filter expression accepts; it selects ServiceName and ServiceTags.</summary>
    public string? Filter { get; init; }

    /// <summary>Names and tags only: a blocked query is not released by a service that merely has more or fewer instances.</summary>
    /// <value>False.</value>
    public bool IgnoreCounts { get; init; }
}
