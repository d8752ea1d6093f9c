namespace Discovery;

/// <summary>How the leader finds a server.</summary>
/// <remarks>
/// Consul's rule: a server is healthy that is alive, was heard within <see cref="AutopilotConfiguration.LastContactThreshold"/>, is in the
/// leader's term, and lacks at most <see cref="AutopilotConfiguration.MaxTrailingLogs"/> entries.
/// </remarks>
public sealed record ServerHealth
{
    /// <summary>The server.</summary>
    public required ClusterServer Server { get; init; }

    /// <summary>Whether it is healthy.</summary>
    public required bool IsHealthy { get; init; }

    /// <summary>Whether it is alive, as membership has it.</summary>
    public required MemberStatus Status { get; init; }

    /// <summary>How long ago the leader heard it; null when it never did. Zero for the leader.</summary>
    public required TimeSpan? LastContact { get; init; }

    /// <summary>The term of its newest entry that the leader knows of.</summary>
    public required long LastTerm { get; init; }

    /// <summary>Its newest entry that the leader knows of.</summary>
    public required ulong LastIndex { get; init; }

    /// <summary>Since when it is as healthy as it is now.</summary>
    public required DateTimeOffset StableSince { get; init; }
}
