namespace Discovery.Node.ConsulDialect;

/// <summary>One line of the table: a key of Consul's configuration, and what it is here.</summary>
/// <param name="Path">The key; a dot goes one object down.</param>
/// <param name="Kind">What it holds.</param>
internal sealed record DialectKey(string Path, ValueKind Kind)
{
    public Handling Handling { get; init; }

    /// <summary>The key below <c>Discovery</c>.</summary>
    public string Target { get; init; } = "";

    /// <summary>The command line flag, without its dash; empty when there is none.</summary>
    public string Flag { get; init; } = "";

    /// <summary>Whether numbers are seconds there.</summary>
    public bool IsInSeconds { get; init; }

    /// <summary>What else the key may be called.</summary>
    public string Alias { get; init; } = "";

    /// <summary>What objects of this key hold.</summary>
    public KeyShape? Shape { get; init; }

    /// <summary>What to say instead of the usual warning.</summary>
    public string? Remark { get; init; }

    /// <summary>The last part of the path.</summary>
    public string Name { get; } = Path[(Path.LastIndexOf('.') + 1)..];
}
