namespace Discovery;

/// <summary>How a node answers Consul's HTTP API. Configuration section <c>Discovery:Http</c>.</summary>
public sealed class HttpApiOptions
{
    /// <summary>
    /// Answer callers that are not on this machine. The API can change the node and everything in the catalog, and asks nobody who he is:
    /// prefer <c>RequireAuthorization</c> on what <c>MapDiscovery</c> returns.
    /// </summary>
    /// <value>False: loopback and unix sockets only; a request that a proxy has forwarded counts as remote.</value>
    public bool AllowRemote { get; set; }

    /// <summary>From where writes are accepted, as networks such as <c>10.0.0.0/8</c>.</summary>
    /// <value>Empty: from wherever requests are answered at all.</value>
    public IList<string> AllowWriteFrom { get; set; } = [];

    /// <summary>Paths, with all that begins with them, that are answered 403: such as <c>/v1/agent/leave</c>.</summary>
    /// <value>Empty.</value>
    public IList<string> BlockEndpoints { get; set; } = [];

    /// <summary>
    /// Headers of every reply. <c>Access-Control-Allow-Origin</c> here also lets pages of that origin write.
    /// </summary>
    /// <value>Empty.</value>
    public IDictionary<string, string> ResponseHeaders { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How long a blocking query waits that does not say it.</summary>
    /// <value>Five minutes.</value>
    public TimeSpan DefaultQueryTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a blocking query may wait; who asks for more gets this.</summary>
    /// <value>Ten minutes.</value>
    public TimeSpan MaxQueryTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many blocking queries may be open at once; the next one is answered 503 and told to come back.</summary>
    /// <value>16,384.</value>
    public int BlockedQueriesMax { get; set; } = 16_384;

    /// <summary>Indent all JSON, as Consul's development mode does; callers can always ask for it with <c>?pretty</c>.</summary>
    /// <value>False.</value>
    public bool PrettyAlways { get; set; }

    /// <summary>The longest request body; a longer one is answered 413.</summary>
    /// <value>One megabyte.</value>
    public int BodyBytesMax { get; set; } = 1024 * 1024;

    /// <summary>The largest value of a key that is put over HTTP; a larger one is answered 413.</summary>
    /// <value>512 KiB.</value>
    public int KeyValueBytesMax { get; set; } = 512 * 1024;

    /// <summary>The longest body of a transaction, unless <see cref="KeyValueBytesMax"/> is more; a longer one is answered 413.</summary>
    /// <value>512 KiB.</value>
    public int TransactionBytesMax { get; set; } = 512 * 1024;

    /// <summary>The most operations of a transaction over HTTP; one with more is answered 413.</summary>
    /// <value>64.</value>
    public int TransactionOperationsMax { get; set; } = 64;

    /// <summary>The period over which <c>agent/metrics</c> sums up.</summary>
    /// <value>Ten seconds.</value>
    public TimeSpan MetricsInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a metric that is not updated any more is shown in Prometheus' format.</summary>
    /// <value>Zero: the format is not offered (415).</value>
    public TimeSpan PrometheusRetention { get; set; }

    /// <summary>How many series of metrics are kept apart; what a further set of labels would measure is only counted as dropped.</summary>
    /// <value>2,000.</value>
    public int MetricSeriesMax { get; set; } = 2_000;

    /// <summary>The least pause between two runs of a check that is registered over HTTP; a shorter one is raised to it.</summary>
    /// <value>One second.</value>
    public TimeSpan CheckIntervalMin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The least time that a check may be critical before its service is deregistered, for checks that are registered over HTTP; a shorter
    /// one is raised to it.
    /// </summary>
    /// <value>One minute.</value>
    public TimeSpan CheckDeregisterIntervalMin { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Refuse checks that run programs when they are registered over HTTP, even where <see cref="HealthOptions.EnableScriptChecks"/> lets
    /// those run that the app or its configuration declares.
    /// </summary>
    /// <value>False.</value>
    public bool RefuseScriptChecks { get; set; }

    /// <summary>The version of Consul whose API this is; clients decide by it what they may ask for.</summary>
    /// <value><c>1.8.7</c>.</value>
    public string ConsulVersion { get; set; } = "1.8.7";

    /// <summary>Tell clients that there is a web interface.</summary>
    /// <value>False.</value>
    public bool UiEnabled { get; set; }
}
