namespace Discovery;

/// <summary>The replicated log of a node. Section <c>Discovery:Raft</c>.</summary>
/// <remarks>The log is kept below <see cref="NodeOptions.DataDirectory"/>, which must be set.</remarks>
public sealed class RaftOptions
{
    /// <summary>The RPC ports of all servers of the cluster, this one too: <c>host:port</c>. The same list on each of them.</summary>
    /// <remarks>
    /// Needs <c>AddRpcServer()</c>. A server without a cluster joins the one that somebody of the list belongs to; where all are without,
    /// they begin one (<see cref="BootstrapExpect"/>). From then on the leader takes in who comes new and removes who is gone, and
    /// the list only says where to find somebody who knows the others: it may be old, as long as one of it answers.
    /// </remarks>
    /// <value>Empty: the node keeps its log alone.</value>
    public IList<string> Servers { get; } = [];

    /// <summary>How many servers of the list begin a new cluster together; 0: this server begins none, and only joins.</summary>
    /// <remarks>
    /// More than half of the list, so that two parts of it that do not reach each other can never begin two clusters. For that the lists
    /// must name the same servers. Those that come later join.
    /// </remarks>
    /// <value>Null: all of them.</value>
    public int? BootstrapExpect { get; set; }

    /// <summary>Whether this server is a witness: it votes, and keeps neither commands nor state; for the small third of three
    /// machines.</summary>
    /// <remarks>
    /// The first members need two full servers beside it. It never leads, offers no services, and answers neither reads nor writes: those
    /// are refused with <see cref="DiscoveryError.Witness"/>, and the full servers named. What a data directory was made as, it stays.
    /// </remarks>
    /// <value>False.</value>
    public bool Witness { get; set; }

    /// <summary>How long a server must not answer before the rules take it for failed: from then on it can be removed.</summary>
    /// <remarks>
    /// A removed server comes back as a newcomer only, with an empty data directory, so this is longer than a restart or a reboot takes.
    /// <see cref="AutopilotConfiguration.CleanupDeadServers"/> says whether failed servers are removed at all.
    /// </remarks>
    /// <value>One minute.</value>
    public TimeSpan FailedAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a leader shows that it is there.</summary>
    /// <value>50 ms.</value>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a follower waits for a leader whose connection has ended; elections begin between this and twice this.</summary>
    /// <remarks>
    /// While the connection stands a silent leader may only stand still, as in a collection of a large heap: for that one a follower waits
    /// between twice and three times this. Longer is calmer on slow machines and slower to replace a leader that died. The same on all
    /// servers of a cluster.
    /// </remarks>
    /// <value>350 ms.</value>
    public TimeSpan ElectionTimeout { get; set; } = TimeSpan.FromMilliseconds(350);

    /// <summary>
    /// How long a leader waits for its own disk before it lets another lead (a server that is alone waits on), and for the disk of another
    /// before that one is not healthy any more.
    /// </summary>
    /// <value>5 s.</value>
    public TimeSpan DiskStallMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest command, in bytes.</summary>
    /// <value>64 MiB.</value>
    public int CommandBytesMax { get; set; } = 64 * 1024 * 1024;

    /// <summary>The most proposals that wait for the log; more are refused as overloaded.</summary>
    /// <value>65,536.</value>
    public int QueueLength { get; set; } = 65_536;

    /// <summary>The most bytes of proposals that wait for the log.</summary>
    /// <value>256 MiB.</value>
    public long QueueBytesMax { get; set; } = 256L * 1024 * 1024;

    /// <summary>After how many bytes of log a snapshot is taken, unless the last one has more: then after as many as that has.</summary>
    /// <remarks>The log before the last snapshot but one is dropped, so log and snapshots have two or three times this each.</remarks>
    /// <value>64 MiB.</value>
    public long SnapshotBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>After how many entries a snapshot is taken.</summary>
    /// <value>200,000.</value>
    public int SnapshotEntries { get; set; } = 200_000;

    /// <summary>The bytes of newest entries that are kept in memory.</summary>
    /// <value>32 MiB.</value>
    public long MemoryBytesMax { get; set; } = 32L * 1024 * 1024;
}
