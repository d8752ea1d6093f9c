using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Who this server is, as it tells the others.</summary>
internal sealed class TransportIdentity(VoterId self, string name, Guid cluster)
{
    private readonly Lock _lock = new();
    private Guid _cluster = cluster;
    private LogPosition _memberAt;

    public VoterId Self => self;

    public string Name => name;

    /// <summary>Where this server's RPC port is; empty when nobody is told.</summary>
    public string Address { get; init; } = "";

    public bool IsWitness { get; init; }

    /// <summary>The cluster that its own took the place of, by a recovery.</summary>
    public Guid Before { get; init; }

    /// <summary>The cluster it belongs to; <see cref="Guid.Empty"/> while it belongs to none. Set once it is known.</summary>
    public Guid Cluster
    {
        get
        {
            lock (_lock)
            {
                return _cluster;
            }
        }

        set
        {
            lock (_lock)
            {
                Invariant.Check(_cluster == Guid.Empty || _cluster == value, "a server that changes its cluster");
                _cluster = value;
            }
        }
    }

    /// <summary>The newest entry of this server's log that has it as a member.</summary>
    public LogPosition MemberAt
    {
        get
        {
            lock (_lock)
            {
                return _memberAt;
            }
        }

        set
        {
            lock (_lock)
            {
                _memberAt = value;
            }
        }
    }

    /// <summary>Whether another's cluster may be this one's.</summary>
    public bool Fits(Guid cluster) => Cluster is var own && (own == Guid.Empty || cluster == Guid.Empty || own == cluster);

    /// <summary>A hello, or the answer to one.</summary>
    public Hello Say(byte code, VoterId to) => new(code, Cluster, Self, to, Name)
    {
        Before = Before,
        Address = Address,
        IsWitness = IsWitness,
        MemberAt = MemberAt,
    };
}
