namespace Discovery;

/// <summary>How a registration with the local agent is meant.</summary>
public sealed record AgentRegisterOptions
{
    /// <summary>What becomes of the checks that the service has and that the registration does not name; for services only.</summary>
    /// <value><see cref="ChecksOfBefore.ReplaceDeclared"/>.</value>
    public ChecksOfBefore ChecksOfBefore { get; init; }

    /// <summary>How long the registration holds.</summary>
    /// <value><see cref="RegistrationLifetime.Process"/>.</value>
    public RegistrationLifetime Lifetime { get; init; }

    /// <summary>Which names are good.</summary>
    /// <value><see cref="NameRule.DnsSafe"/>.</value>
    public NameRule NameRule { get; init; }

    /// <summary>Whether a check may have the id of another service's check, and is taken from that one: Consul's rule.</summary>
    internal bool TakesChecks { get => field || NameRule == NameRule.Any; init; }

    internal static AgentRegisterOptions Default { get; } = new();
}
