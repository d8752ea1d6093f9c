using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>Another server as it last answered.</summary>
internal sealed record HeardServer
{
    public required VoterId Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The cluster that it said it belongs to.</summary>
    public required Guid Cluster { get; init; }

    /// <summary>Where it was reached.</summary>
    public required PeerAddress Address { get; init; }

    public required bool IsWitness { get; init; }

    /// <summary>The entry by which its log has it as a member.</summary>
    public required LogPosition MemberAt { get; init; }

    /// <summary>When it answered last; a timestamp of the clock.</summary>
    public required long HeardAt { get; init; }

    /// <summary>Whether it answers.</summary>
    public required bool IsAlive { get; init; }

    /// <summary>Whether it was a member of this server's configuration, and is none now.</summary>
    public bool HasLeft { get; init; }

    public KnownServer ToKnown() => new(
        Name, Id.Node, Address.Host, Address.Port,
        HasLeft ? MemberStatus.Left : IsAlive ? MemberStatus.Alive : MemberStatus.Failed)
    {
        IsWitness = IsWitness,
    };
}
