namespace Discovery;

/// <summary>The status of a check, written straight into the catalog.</summary>
public sealed class CatalogCheckRegistration
{
    /// <summary>Its id, unique on the node.</summary>
    /// <value>The name.</value>
    public string? CheckId { get; set; }

    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its status.</summary>
    /// <value>Critical.</value>
    public CheckStatus Status { get; set; } = CheckStatus.Critical;

    /// <summary>Notes for people, at most 65,536 characters.</summary>
    public string Notes { get; set; } = "";

    /// <summary>What the last run said, at most 65,536 characters.</summary>
    public string Output { get; set; } = "";

    /// <summary>The instance it checks, or null for the node.</summary>
    public string? ServiceId { get; set; }

    /// <summary>Its kind, for display.</summary>
    public string Type { get; set; } = "";

    /// <summary>The node that it says it is on; must be that of the registration.</summary>
    /// <value>Null: that of the registration.</value>
    public string? Node { get; set; }

    /// <summary>How it is to be run, for whoever runs it; the catalog keeps it and runs nothing.</summary>
    public CatalogCheckDefinition? Definition { get; set; }
}
