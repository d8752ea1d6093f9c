namespace Discovery.Catalog;

/// <summary>Removes a check, a service with its checks, or a node with everything on it.</summary>
internal sealed record DeregisterCommand
{
    public required string Node { get; init; }

    /// <summary>The instance, empty to mean a check or the node.</summary>
    public string ServiceId { get; init; } = "";

    /// <summary>The check, empty to mean a service or the node.</summary>
    public string CheckId { get; init; } = "";

    public DepartureReason Reason { get; init; }

    /// <summary>Who removes: an agent's name, or null for anybody else.</summary>
    public string? Owner { get; init; }

    public bool EnforceOwnership { get; init; }
}
