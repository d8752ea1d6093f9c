using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal partial class CatalogCheckDefinitionBody
{
    public static readonly GoShape<CatalogCheckDefinitionBody> Shape = new()
    {
        Name = "",
        Type = GoTypeNames.HealthCheckDefinition,
        IsCustom = true,
        Unknown = UnknownFields.Ignored,
        Complete = static body => body.Complete(),
        Fields =
        [
            new("HTTP", static (ref reader, body) => reader.ReadString(ref body.Http)),
            new("TLSSkipVerify", static (ref reader, body) => reader.ReadBoolean(ref body.TlsSkipVerify)),
            new("Header", static (ref reader, body) => reader.ReadMap(ref body.Header)),
            new("Method", static (ref reader, body) => reader.ReadString(ref body.Method)),
            new("Body", static (ref reader, body) => reader.ReadString(ref body.Body)),
            new("TCP", static (ref reader, body) => reader.ReadString(ref body.Tcp)),
            new("Interval", static (ref reader, body) => reader.ReadDuration(ref body._interval)),
            new("Timeout", static (ref reader, body) => reader.ReadDuration(ref body._timeout)),
            new("DeregisterCriticalServiceAfter", static (ref reader, body) => reader.ReadDuration(ref body._deregister)),
            new("TTL", static (ref reader, body) => reader.ReadDuration(ref body._ttl)),
            new("OutputMaxSize", static (ref reader, _) => reader.SkipUnsigned("uint")),
            new("ScriptArgs", static (ref reader, body) => reader.ReadStrings(ref body._ignoredList)),
            new("DockerContainerID", static (ref reader, body) => reader.ReadString(ref body._ignored)),
            new("Shell", static (ref reader, body) => reader.ReadString(ref body._ignored)),
            new("GRPC", static (ref reader, body) => reader.ReadString(ref body._ignored)),
            new("GRPCUseTLS", static (ref reader, body) => reader.ReadBoolean(ref body._ignoredFlag)),
            new("AliasNode", static (ref reader, body) => reader.ReadString(ref body._ignored)),
            new("AliasService", static (ref reader, body) => reader.ReadString(ref body._ignored)),
        ],
    };

    private string _ignored = "";
    private bool _ignoredFlag;
    private List<string>? _ignoredList;
    private GoDurationField _interval;
    private GoDurationField _timeout;
    private GoDurationField _deregister;
    private GoDurationField _ttl;

    private string? Complete() =>
        _interval.TryGet(out Interval)
            ?? _timeout.TryGet(out Timeout)
            ?? _deregister.TryGet(out DeregisterCriticalServiceAfter)
            ?? _ttl.TryGet(out TimeSpan? _);
}
