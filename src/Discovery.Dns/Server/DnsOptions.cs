namespace Discovery;

/// <summary>Where and how the DNS server answers. Configuration section <c>Discovery:Dns</c>.</summary>
/// <remarks>
/// <see cref="Port"/>, <see cref="Addresses"/>, <see cref="Domain"/>, <see cref="AltDomain"/> and the limits of connections are read at
/// start; everything else is read again when the configuration changes. The names are Consul's, where Consul has the option.
/// </remarks>
public sealed class DnsOptions
{
    /// <summary>The port, for UDP and TCP alike; 0 takes any free one, told by <see cref="IDnsServer"/>.</summary>
    /// <value>8600.</value>
    public int Port { get; set; } = 8600;

    /// <summary>The IP addresses to listen on.</summary>
    /// <value>Empty: 127.0.0.1.</value>
    public IList<string> Addresses { get; set; } = new List<string>();

    /// <summary>The domain that the server answers for.</summary>
    /// <value><c>consul</c>.</value>
    public string Domain { get; set; } = "consul";

    /// <summary>A second domain with the same names; targets in answers are told in <see cref="Domain"/>.</summary>
    /// <value>Null: none.</value>
    public string? AltDomain { get; set; }

    /// <summary>Who answers for all other names: IP addresses, with a port or 53. Without any, other names are refused.</summary>
    public IList<string> Recursors { get; set; } = new List<string>();

    /// <summary>How long one recursor may take before the next one is asked.</summary>
    /// <value>Two seconds.</value>
    public TimeSpan RecursorTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>In which order recursors are asked.</summary>
    /// <value><see cref="DnsRecursorStrategy.Sequential"/>.</value>
    public DnsRecursorStrategy RecursorStrategy { get; set; }

    /// <summary>How many queries may wait for recursors at once; more get SERVFAIL.</summary>
    /// <value>512.</value>
    public int RecursorQueriesMax { get; set; } = 512;

    /// <summary>How many answers of recursors are remembered, each for its time to live.</summary>
    /// <value>1,024; 0 for none.</value>
    public int RecursorCacheEntriesMax { get; set; } = 1024;

    /// <summary>The time to live of answers about nodes, in whole seconds.</summary>
    /// <value>Zero.</value>
    public TimeSpan NodeTtl { get; set; }

    /// <summary>
    /// The time to live of answers about services, in whole seconds, by the service's name, or by the beginning of it and a star. The
    /// name itself comes first, then the longest beginning.
    /// </summary>
    /// <value>Empty: zero for all.</value>
    public IDictionary<string, TimeSpan> ServiceTtl { get; set; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);

    /// <summary>Leave out instances with a check that warns.</summary>
    /// <value>False: only instances with a critical check are left out.</value>
    public bool OnlyPassing { get; set; }

    /// <summary>
    /// The most answers for a client that cannot take more than 512 bytes over UDP. 0 is no limit but the size; with
    /// <see cref="Consul187Quirks"/> it is no answer at all, and values above 8 are 8.
    /// </summary>
    /// <value>3.</value>
    public int UdpAnswerLimit { get; set; } = 3;

    /// <summary>The most addresses in an answer about a service; 0 is no limit.</summary>
    /// <value>0.</value>
    public int ARecordLimit { get; set; }

    /// <summary>Tell clients by the TC bit that answers were left out, so that they ask again over TCP.</summary>
    /// <value>False: they get a selection that differs each time.</value>
    public bool EnableTruncate { get; set; }

    /// <summary>Write every name in full.</summary>
    /// <value>False.</value>
    public bool DisableCompression { get; set; }

    /// <summary>Add the metadata of nodes as TXT records to answers about addresses and ports.</summary>
    /// <value>True.</value>
    public bool EnableAdditionalNodeMetaTxt { get; set; } = true;

    /// <summary>The numbers of the zone's SOA record.</summary>
    public DnsSoaOptions Soa { get; set; } = new();

    /// <summary>Read this node's own state even when no leader is known.</summary>
    /// <value>True.</value>
    public bool AllowStale { get; set; } = true;

    /// <summary>How old that state may be.</summary>
    /// <value>3,650 days.</value>
    public TimeSpan MaxStale { get; set; } = TimeSpan.FromDays(3650);

    /// <summary>Tell the WAN addresses of nodes and services of other datacenters.</summary>
    /// <value>False.</value>
    public bool TranslateWanAddresses { get; set; }

    /// <summary>Answer bit for bit as Consul 1.8.7 does, its deviations from the RFCs included.</summary>
    /// <value>False.</value>
    public bool Consul187Quirks { get; set; }

    /// <summary>
    /// The largest reply over UDP to an address of the internet, whatever the client allows; a longer one is cut with TC.
    /// </summary>
    /// <value>1,232 bytes: what fits one packet everywhere, and does not make the server an amplifier.</value>
    public int UdpBytesMax { get; set; } = 1232;

    /// <summary>The largest reply over UDP to a loopback, private or link-local address.</summary>
    /// <value>8,192 bytes.</value>
    public int UdpBytesMaxLocal { get; set; } = 8192;

    /// <summary>How many TCP connections are kept; the one that is idle longest makes room for a new one.</summary>
    /// <value>1,024.</value>
    public int TcpConnectionsMax { get; set; } = 1024;

    /// <summary>How many of them one client address may have; the one of its own that is idle longest makes room for a new one.</summary>
    /// <value>256.</value>
    public int TcpConnectionsPerClientMax { get; set; } = 256;

    /// <summary>How many queries of one connection are worked on at once.</summary>
    /// <value>32.</value>
    public int TcpQueriesMax { get; set; } = 32;

    /// <summary>The longest query over TCP; a longer one ends the connection.</summary>
    /// <value>4,096 bytes.</value>
    public int TcpQueryBytesMax { get; set; } = 4096;

    /// <summary>How long a connection may be idle between queries.</summary>
    /// <value>Eight seconds.</value>
    public TimeSpan TcpIdleTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>How long the first query, or a query that has begun, may take to arrive as a whole, and a reply to be taken.</summary>
    /// <value>Two seconds.</value>
    public TimeSpan TcpMessageTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
