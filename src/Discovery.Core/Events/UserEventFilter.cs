namespace Discovery;

/// <summary>Whom an event is for, by regular expressions in RE2's syntax.</summary>
/// <remarks>
/// They match anywhere in the text, and an empty one asks for nothing. Every node is told, and decides for itself by what its own agent
/// has.
/// </remarks>
public sealed record UserEventFilter
{
    /// <summary>Every node.</summary>
    public static readonly UserEventFilter All = new();

    /// <summary>Matches names of nodes, case and all.</summary>
    public string Node { get; init; } = "";

    /// <summary>Matches ids of services that are registered with the node's agent.</summary>
    /// <remarks>Ids, not names: so Consul does it. They are the same where no id was given.</remarks>
    public string Service { get; init; } = "";

    /// <summary>Matches a tag of a service that <see cref="Service"/> matches, which must be given too.</summary>
    public string Tag { get; init; } = "";
}
