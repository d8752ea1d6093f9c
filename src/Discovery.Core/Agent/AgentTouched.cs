using System.Collections.Immutable;

namespace Discovery.Agent;

/// <summary>The entries of the agent that changed since somebody last looked. Immutable and pure.</summary>
/// <param name="Services">Services whose definition changed, or that came or went: with all their checks.</param>
/// <param name="Checks">Checks that changed, came or went.</param>
internal sealed record AgentTouched(ImmutableHashSet<string> Services, ImmutableHashSet<string> Checks)
{
    private static readonly ImmutableHashSet<string> s_noIds = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    public static AgentTouched None { get; } = new(s_noIds, s_noIds);

    public bool IsEmpty => Services.IsEmpty && Checks.IsEmpty;

    /// <summary>Adds a service, and the checks that it had and has no more.</summary>
    public AgentTouched WithService(string id, IEnumerable<string> checkIds) => new(Services.Add(id), Checks.Union(checkIds));

    public AgentTouched WithCheck(string id) => this with { Checks = Checks.Add(id) };
}
