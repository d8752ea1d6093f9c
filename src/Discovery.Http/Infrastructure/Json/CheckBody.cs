namespace Discovery.Infrastructure;

/// <summary>A check as a request to the agent holds it: one of a service, or one that stands alone.</summary>
internal sealed class CheckBody
{
    private static readonly GoField<CheckBody>[] s_common =
    [
        new("Name", static (ref reader, body) => reader.ReadString(ref body.Name)),
        new("Status", static (ref reader, body) => reader.ReadString(ref body.Status)),
        new("Notes", static (ref reader, body) => reader.ReadString(ref body.Notes)),
        new("ServiceID", static (ref reader, body) => reader.ReadString(ref body.ServiceId)),
        new("service_id", static (ref reader, body) => reader.ReadString(ref body._serviceIdSnake)),
        new("Interval", static (ref reader, body) => reader.ReadDuration(ref body._interval)),
        new("Timeout", static (ref reader, body) => reader.ReadDuration(ref body._timeout)),
        new("TTL", static (ref reader, body) => reader.ReadDuration(ref body._ttl)),
        new("DeregisterCriticalServiceAfter", static (ref reader, body) => reader.ReadDuration(ref body._deregister)),
        new("deregister_critical_service_after", static (ref reader, body) => reader.ReadDuration(ref body._deregisterSnake)),
        new("HTTP", static (ref reader, body) => reader.ReadString(ref body.Http)),
        new("Header", static (ref reader, body) => reader.ReadMap(ref body.Header)),
        new("Method", static (ref reader, body) => reader.ReadString(ref body.Method)),
        new("Body", static (ref reader, body) => reader.ReadString(ref body.Body)),
        new("DisableRedirects", static (ref reader, body) => reader.ReadBoolean(ref body.DisableRedirects)),
        new("TCP", static (ref reader, body) => reader.ReadString(ref body.Tcp)),
        new("TCPUseTLS", static (ref reader, body) => reader.ReadBoolean(ref body.TcpUseTls)),
        new("UDP", static (ref reader, body) => reader.ReadString(ref body.Udp)),
        new("GRPC", static (ref reader, body) => reader.ReadString(ref body.Grpc)),
        new("GRPCUseTLS", static (ref reader, body) => reader.ReadBoolean(ref body.GrpcUseTls)),
        new("H2PING", static (ref reader, body) => reader.ReadString(ref body.H2Ping)),
        new("H2PingUseTLS", static (ref reader, body) => reader.ReadBoolean(ref body.H2PingUseTls)),
        new("TLSSkipVerify", static (ref reader, body) => reader.ReadBoolean(ref body.TlsSkipVerify)),
        new("tls_skip_verify", static (ref reader, body) => reader.ReadBoolean(ref body._tlsSkipVerifySnake)),
        new("TLSServerName", static (ref reader, body) => reader.ReadString(ref body.TlsServerName)),
        new("args", static (ref reader, body) => reader.ReadStrings(ref body._args)),
        new("ScriptArgs", static (ref reader, body) => reader.ReadStrings(ref body.Args)),
        new("script_args", static (ref reader, body) => reader.ReadStrings(ref body._scriptArgsSnake)),
        new("DockerContainerID", static (ref reader, body) => reader.ReadString(ref body.DockerContainerId)),
        new("docker_container_id", static (ref reader, body) => reader.ReadString(ref body._dockerContainerIdSnake)),
        new("Shell", static (ref reader, body) => reader.ReadString(ref body.Shell)),
        new("AliasNode", static (ref reader, body) => reader.ReadString(ref body.AliasNode)),
        new("AliasService", static (ref reader, body) => reader.ReadString(ref body.AliasService)),
        new("SuccessBeforePassing", static (ref reader, body) => reader.ReadInteger(ref body.SuccessBeforePassing)),
        new("FailuresBeforeWarning", static (ref reader, body) => reader.ReadInteger(ref body.FailuresBeforeWarning)),
        new("FailuresBeforeCritical", static (ref reader, body) => reader.ReadInteger(ref body.FailuresBeforeCritical)),
        new("OutputMaxSize", static (ref reader, body) => reader.ReadInteger(ref body.OutputMaxSize)),
    ];

    /// <summary>A check inside the registration of a service.</summary>
    public static readonly GoShape<CheckBody> OfService = new()
    {
        Name = "",
        Type = GoTypeNames.CheckType,
        IsCustom = true,
        Complete = static body => body.Complete(),
        Fields =
        [
            new("CheckID", static (ref reader, body) => reader.ReadString(ref body.CheckId, "types.CheckID")),
            .. s_common,
            new("ProxyHTTP", static (ref reader, body) => reader.ReadString(ref body._ignored)),
            new("ProxyGRPC", static (ref reader, body) => reader.ReadString(ref body._ignored)),
        ],
    };

    /// <summary>A check that is registered on its own.</summary>
    public static readonly GoShape<CheckBody> Alone = new()
    {
        Name = "",
        Type = GoTypeNames.CheckDefinition,
        IsCustom = true,
        Complete = static body => body.Complete(),
        Fields =
        [
            new("ID", static (ref reader, body) => reader.ReadString(ref body.CheckId, "types.CheckID")),
            .. s_common,
            new("Token", static (ref reader, body) => reader.ReadString(ref body._ignored)),
        ],
    };

    public string CheckId = "";
    public string Name = "";
    public string Status = "";
    public string Notes = "";
    public string ServiceId = "";
    public TimeSpan? Interval;
    public TimeSpan? Timeout;
    public TimeSpan? Ttl;
    public TimeSpan? DeregisterCriticalServiceAfter;
    public string Http = "";
    public Dictionary<string, List<string>?>? Header;
    public string Method = "";
    public string Body = "";
    public bool DisableRedirects;
    public string Tcp = "";
    public bool TcpUseTls;
    public string Udp = "";
    public string Grpc = "";
    public bool GrpcUseTls;
    public string H2Ping = "";
    public bool H2PingUseTls = true;
    public bool TlsSkipVerify;
    public string TlsServerName = "";
    public List<string>? Args;
    public string DockerContainerId = "";
    public string Shell = "";
    public string AliasNode = "";
    public string AliasService = "";
    public long SuccessBeforePassing;
    public long FailuresBeforeWarning;
    public long FailuresBeforeCritical;
    public long OutputMaxSize;

    private string _ignored = "";
    private string _serviceIdSnake = "";
    private string _dockerContainerIdSnake = "";
    private bool _tlsSkipVerifySnake;
    private List<string>? _args;
    private List<string>? _scriptArgsSnake;
    private GoDurationField _interval;
    private GoDurationField _timeout;
    private GoDurationField _ttl;
    private GoDurationField _deregister;
    private GoDurationField _deregisterSnake;

    /// <summary>Whether nothing was given that says what to do: such a check of a service counts as none.</summary>
    public bool IsEmpty =>
        CheckId.Length + Name.Length + Status.Length + Notes.Length + Http.Length + Method.Length + Body.Length + Tcp.Length + Udp.Length
            + Grpc.Length + H2Ping.Length + TlsServerName.Length + DockerContainerId.Length + Shell.Length + AliasNode.Length
            + AliasService.Length == 0
        && Header is not { Count: > 0 } && Args is not { Count: > 0 }
        && (Interval ?? default) == default && (Timeout ?? default) == default && (Ttl ?? default) == default
        && (DeregisterCriticalServiceAfter ?? default) == default
        && !TlsSkipVerify && !GrpcUseTls && !TcpUseTls && !DisableRedirects
        && (SuccessBeforePassing | FailuresBeforeWarning | FailuresBeforeCritical | OutputMaxSize) == 0;

    private string? Complete()
    {
        Args = Args is { Count: > 0 } ? Args : _args is { Count: > 0 } ? _args : _scriptArgsSnake;
        ServiceId = ServiceId.Length > 0 ? ServiceId : _serviceIdSnake;
        DockerContainerId = DockerContainerId.Length > 0 ? DockerContainerId : _dockerContainerIdSnake;
        TlsSkipVerify |= _tlsSkipVerifySnake;
        return _interval.TryGet(out Interval)
            ?? _timeout.TryGet(out Timeout)
            ?? _ttl.TryGet(out Ttl)
            ?? (_deregister.IsGiven ? _deregister : _deregisterSnake).TryGet(out DeregisterCriticalServiceAfter);
    }
}
