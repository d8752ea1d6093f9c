namespace Discovery;

/// <summary>What a node is and how it leaves. Configuration section <c>Discovery:Node</c>.</summary>
public sealed class NodeOptions
{
    /// <summary>What the node is in its cluster.</summary>
    /// <value><see cref="NodeRole.Server"/>, the only role that can be started so far.</value>
    public NodeRole Role { get; set; }

    /// <summary>The node's name, unique in the cluster: letters, digits and inner hyphens, at most 63, so that DNS can carry it.</summary>
    /// <value>Null: the machine's name, its first label, with a hyphen for each other character.</value>
    public string? NodeName { get; set; }

    /// <summary>Which names are good for the node and for the services that the app declares.</summary>
    /// <value><see cref="NameRule.DnsSafe"/>.</value>
    public NameRule NameRule { get; set; }

    /// <summary>The node's identity.</summary>
    /// <value>Empty: that of file <c>node-id</c> in <see cref="DataDirectory"/>; without a directory a new one at each start.</value>
    public Guid NodeId { get; set; }

    /// <summary>The datacenter: lower case letters, digits, hyphens and underscores, at most 63.</summary>
    /// <value><c>dc1</c>.</value>
    public string Datacenter { get; set; } = "dc1";

    /// <summary>The address that others reach this machine at: an IP address, or a host name.</summary>
    /// <value>Null: the first private IPv4 address of the machine, of an interface with a gateway if there is one, else loopback.</value>
    public string? AdvertiseAddress { get; set; }

    /// <summary>The address that servers of other datacenters reach this machine at: an IP address, or a host name.</summary>
    /// <value>Null: <see cref="AdvertiseAddress"/>.</value>
    public string? AdvertiseAddressWan { get; set; }

    /// <summary>The port for calls between nodes, as members and service <c>consul</c> show it.</summary>
    /// <value>8300.</value>
    public int ServerPort { get; set; } = 8300;

    /// <summary>The port of the gossip within the datacenter, as members show it.</summary>
    /// <value>8301.</value>
    public int SerfLanPort { get; set; } = 8301;

    /// <summary>The port of the gossip between datacenters, as members show it.</summary>
    /// <value>8302; -1: the node is in no such pool.</value>
    public int SerfWanPort { get; set; } = 8302;

    /// <summary>Where the node keeps its identity, and registrations of <see cref="RegistrationLifetime.DataDirectory"/>.</summary>
    /// <remarks>It is one node's alone: while that one runs, the start of another one there fails.</remarks>
    /// <value>Null: nowhere; all is forgotten when the process ends.</value>
    public string? DataDirectory { get; set; }

    /// <summary>
    /// Whether a server shows itself in the catalog as Consul's servers do: service <c>consul</c>, check <c>serfHealth</c>, tagged
    /// addresses lan and wan, and the metadata key <c>consul-network-segment</c>.
    /// </summary>
    /// <value>True.</value>
    public bool RegistersServer { get; set; } = true;

    /// <summary>Further tags of the node's members, such as Consul's <c>bootstrap</c>; those that a server always has win.</summary>
    public IDictionary<string, string> MemberTags { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The version of Consul that the node says it is, in its member's tags and the metadata of service <c>consul</c>.</summary>
    /// <value>1.8.7.</value>
    public string ConsulVersion { get; set; } = "1.8.7";

    /// <summary>Metadata of the node: at most 64 pairs, keys of 128 and values of 512 characters.</summary>
    public IDictionary<string, string> Meta { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// How long starting waits until the catalog shows a service of this app; after that the host goes on, the agent goes on trying, and
    /// the health check is degraded meanwhile.
    /// </summary>
    /// <value>Five seconds; at most ten minutes.</value>
    public TimeSpan RegisterTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the app goes on serving after its services were marked as draining, so that everybody who looks them up has heard of it.
    /// Not waited for when the app offers nothing; cut short by the host's own shutdown timeout.
    /// </summary>
    /// <value>One second; at most ten minutes.</value>
    public TimeSpan DrainDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long leaving may take, whatever is left of the host's own shutdown timeout. Closing the log and the RPC port may take as long
    /// again.
    /// </summary>
    /// <value>Five seconds; at most ten minutes.</value>
    public TimeSpan LeaveTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
