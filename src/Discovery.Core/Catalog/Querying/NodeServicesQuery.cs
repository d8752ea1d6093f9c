namespace Discovery;

/// <summary>Asks for one node with everything on it.</summary>
/// <param name="Node">
/// Its name (case does not matter), else its id, else the beginning of its id, of two digits or more, that no other node's id has.
/// </param>
public sealed record NodeServicesQuery(string Node)
{
    /// <summary>Only services that a filter expression accepts; selectors as in Consul's endpoint for the services of a node.</summary>
    public string? Filter { get; init; }
}
