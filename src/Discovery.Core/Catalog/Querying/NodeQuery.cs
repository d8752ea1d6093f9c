namespace Discovery;

/// <summary>Which nodes a query is for.</summary>
public sealed record NodeQuery
{
    /// <summary>All nodes.</summary>
    public static readonly NodeQuery All = new();

    /// <summary>Only nodes that have all of these metadata.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> NodeMeta { get; init; } = [];

    /// <summary>Only nodes that a filter expression accepts; selectors as in Consul's catalog endpoint.</summary>
    public string? Filter { get; init; }

    /// <summary>A node's name: what is nearest to it comes first. Without a known node the order is that of the names.</summary>
    public string? Near { get; init; }
}
