using Discovery.Protocol;

namespace Discovery.Autopilot;

/// <summary>What the leader knows of one server, a member or not.</summary>
internal sealed record ServerFacts
{
    public required VoterId Id { get; init; }

    public required string Name { get; init; }

    /// <summary>What it is in the configuration in force; null when it is no member.</summary>
    public MemberRole? Role { get; init; }

    /// <summary>Where its RPC port is, as <c>host:port</c>; empty when nobody knows.</summary>
    public string Address { get; init; } = "";

    /// <summary>Whether it answers.</summary>
    public bool IsAlive { get; init; }

    /// <summary>How long it has not answered; at most the leader's time in office.</summary>
    public TimeSpan Silence { get; init; }

    /// <summary>Whether it is of this cluster and never was a member.</summary>
    public bool IsNewcomer { get; init; }

    /// <summary>Whether it asks to be a witness.</summary>
    public bool IsWitness { get; init; }

    /// <summary>Whether it has what the leader has, near enough, and has just been heard.</summary>
    public bool IsHealthy { get; init; }

    /// <summary>For how long it has been as healthy as it is.</summary>
    public TimeSpan StableFor { get; init; }

    /// <summary>How long ago the leader's log heard it; null when it never did.</summary>
    public TimeSpan? LastContact { get; init; }

    /// <summary>The end of what is known to be on its disk.</summary>
    public LogPosition Match { get; init; }

    public override string ToString() => Address.Length == 0 ? Name : $"{Name} ({Address})";
}
