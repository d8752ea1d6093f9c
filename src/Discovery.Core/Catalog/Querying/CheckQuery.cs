namespace Discovery;

/// <summary>Which checks a query is for: those that meet every condition given.</summary>
public sealed record CheckQuery
{
    /// <summary>All checks.</summary>
    public static readonly CheckQuery All = new();

    /// <summary>Only checks of instances of this service, those of their nodes not included; case does not matter.</summary>
    public string? Service { get; init; }

    /// <summary>Only checks on the node of this name: its own and those of what runs on it; case does not matter.</summary>
    public string? Node { get; init; }

    /// <summary>Only checks with this status.</summary>
    public CheckStatus? Status { get; init; }

    /// <summary>Only checks on nodes that have all of these metadata.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> NodeMeta { get; init; } = [];

    /// <summary>Only checks that a filter expression accepts; selectors as in Consul's health endpoints for checks.</summary>
    public string? Filter { get; init; }

    /// <summary>A node's name: what is nearest to it comes first. Without a known node the order is that of the names.</summary>
    public string? Near { get; init; }
}
