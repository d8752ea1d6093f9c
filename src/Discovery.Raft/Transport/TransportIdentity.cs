using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Who this server is, as it tells the others.</summary>
internal sealed class TransportIdentity(VoterId self, string name, Guid cluster)
{
    private readonly Lock _lock = new();
    private Guid _cluster = cluster;

    public VoterId Self => self;

    public string Name => name;

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

    /// <summary>Whether another's cluster may be this one's.</summary>
    public bool Fits(Guid cluster) => Cluster is var own && (own == Guid.Empty || cluster == Guid.Empty || own == cluster);
}
