using System.Text.Json.Serialization;

namespace Discovery;

/// <summary>How the health of a service or node is learned, and what follows from it.</summary>
/// <remarks>
/// The kind is decided by the first of these that is set: <see cref="Probe"/>, <see cref="Grpc"/> with <see cref="Interval"/>,
/// <see cref="Http"/>, <see cref="Ttl"/>, <see cref="Tcp"/>, <see cref="Udp"/>, <see cref="AliasNode"/> or <see cref="AliasService"/>,
/// <see cref="Args"/>, <see cref="H2Ping"/>: the order of Consul.
/// </remarks>
public sealed class CheckDefinition
{
    /// <summary>The id, unique on its node.</summary>
    /// <value>Null: <c>service:&lt;id&gt;</c> for the check of a service, else <see cref="Name"/>.</value>
    public string? CheckId { get; set; }

    /// <summary>The name shown to people.</summary>
    public string? Name { get; set; }

    /// <summary>A remark for people; never interpreted.</summary>
    public string? Notes { get; set; }

    /// <summary>The status until the first result.</summary>
    /// <value><see cref="CheckStatus.Critical"/>.</value>
    public CheckStatus Status { get; set; } = CheckStatus.Critical;

    /// <summary>The pause between the end of one run and the start of the next; the first run starts at a random time within it.</summary>
    public TimeSpan? Interval { get; set; }

    /// <summary>After this long a run is given up and counts as critical.</summary>
    /// <value>Null: <see cref="HealthOptions.ProbeTimeout"/>, for scripts <see cref="HealthOptions.ScriptTimeout"/>.</value>
    public TimeSpan? Timeout { get; set; }

    /// <summary>A check of kind <see cref="CheckKind.Ttl"/>: critical when no report came for this long.</summary>
    public TimeSpan? Ttl { get; set; }

    /// <summary>The absolute URL that a check of kind <see cref="CheckKind.Http"/> asks.</summary>
    public string? Http { get; set; }

    /// <summary>Request headers of an HTTP check; <c>Host</c> overrides the host of the URL.</summary>
    public IDictionary<string, IList<string>> Header { get; set; } =
        new Dictionary<string, IList<string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The method of an HTTP check.</summary>
    /// <value>Null: GET.</value>
    public string? Method { get; set; }

    /// <summary>The request body of an HTTP check.</summary>
    public string? Body { get; set; }

    /// <summary>The <c>host:port</c> that a check of kind <see cref="CheckKind.Tcp"/> connects to.</summary>
    public string? Tcp { get; set; }

    /// <summary>Whether a TCP check makes a TLS handshake too.</summary>
    /// <value>False.</value>
    public bool TcpUseTls { get; set; }

    /// <summary>The <c>host:port</c> that a check of kind <see cref="CheckKind.Udp"/> sends to.</summary>
    public string? Udp { get; set; }

    /// <summary>The <c>host:port[/service]</c> that a check of kind <see cref="CheckKind.Grpc"/> asks.</summary>
    public string? Grpc { get; set; }

    /// <summary>Whether a gRPC check uses TLS.</summary>
    /// <value>False.</value>
    public bool GrpcUseTls { get; set; }

    /// <summary>The <c>host:port</c> that a check of kind <see cref="CheckKind.H2Ping"/> pings.</summary>
    public string? H2Ping { get; set; }

    /// <summary>Whether an HTTP/2 ping uses TLS.</summary>
    /// <value>True.</value>
    public bool H2PingUseTls { get; set; } = true;

    /// <summary>Program and arguments of a check of kind <see cref="CheckKind.Script"/>, run without a shell.</summary>
    /// <remarks>Refused unless <see cref="HealthOptions.EnableScriptChecks"/> is set.</remarks>
    public IList<string> Args { get; set; } = new List<string>();

    /// <summary>The node whose health an alias check takes over; null with an <see cref="AliasService"/>: the own node.</summary>
    public string? AliasNode { get; set; }

    /// <summary>The id of the service whose health an alias check takes over.</summary>
    public string? AliasService { get; set; }

    /// <summary>A delegate in this process, for checks of kind <see cref="CheckKind.App"/>; what it throws is a critical result.</summary>
    [JsonIgnore]
    public Func<CancellationToken, ValueTask<CheckResult>>? Probe { get; set; }

    /// <summary>Whether the server's certificate is accepted unseen.</summary>
    /// <value>False.</value>
    public bool TlsSkipVerify { get; set; }

    /// <summary>The name that the server's certificate must carry.</summary>
    /// <value>Null: the host of the target.</value>
    public string? TlsServerName { get; set; }

    /// <summary>Whether an HTTP check takes a redirect as its result instead of following it.</summary>
    /// <value>False.</value>
    public bool DisableRedirects { get; set; }

    /// <summary>How many results in a row must not be critical before the status leaves critical; 0 and 1: the first does.</summary>
    /// <remarks>Thresholds do not apply to TTL and alias checks.</remarks>
    public int SuccessBeforePassing { get; set; }

    /// <summary>How many critical results in a row make a passing check a warning.</summary>
    /// <value>Null: the same as <see cref="FailuresBeforeCritical"/>, so that there is no such step.</value>
    public int? FailuresBeforeWarning { get; set; }

    /// <summary>How many critical results in a row make the check critical; 0 and 1: the first does.</summary>
    public int FailuresBeforeCritical { get; set; }

    /// <summary>When the check was critical for this long without a break, its service is deregistered.</summary>
    /// <value>Null: never. The least is one second. A check of a node, not of a service, ignores it.</value>
    public TimeSpan? DeregisterCriticalServiceAfter { get; set; }

    /// <summary>How many bytes of output are kept, at most <see cref="HealthOptions.CheckOutputMaxSize"/>.</summary>
    /// <value>Null or 0: <see cref="HealthOptions.CheckOutputMaxSize"/>.</value>
    public int? OutputMaxSize { get; set; }

    /// <summary>The kind that the set properties amount to.</summary>
    public CheckKind Kind => this switch
    {
        { Probe: not null } => CheckKind.App,
        { Grpc.Length: > 0, Interval.Ticks: > 0 } => CheckKind.Grpc,
        { Http.Length: > 0 } => CheckKind.Http,
        { Ttl.Ticks: > 0 } => CheckKind.Ttl,
        { Tcp.Length: > 0 } => CheckKind.Tcp,
        { Udp.Length: > 0 } => CheckKind.Udp,
        { AliasNode.Length: > 0 } or { AliasService.Length: > 0 } => CheckKind.Alias,
        { Args.Count: > 0 } => CheckKind.Script,
        { H2Ping.Length: > 0 } => CheckKind.H2Ping,
        { Grpc.Length: > 0 } => CheckKind.Grpc,
        _ => CheckKind.None,
    };

    /// <summary>A copy that later changes of this object do not reach.</summary>
    internal CheckDefinition Copy()
    {
        var copy = (CheckDefinition)MemberwiseClone();
        copy.Args = [.. Args ?? []];
        copy.Header = new Dictionary<string, IList<string>>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, IList<string> values) in Header ?? new Dictionary<string, IList<string>>())
        {
            copy.Header[name] = [.. values ?? []];
        }

        return copy;
    }
}
