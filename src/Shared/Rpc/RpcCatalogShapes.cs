using Discovery.Consul;

namespace Discovery.Rpc;

/// <summary>The catalog's rows as they come in calls, their fields in the order in which Go declares them.</summary>
internal static class RpcCatalogShapes
{
    public static readonly RpcShape<AddressBody> Address = new(
        new("Address", static (ref reader, body) => reader.ReadText(ref body.Address)),
        new("Port", static (ref reader, body) => reader.ReadInteger(ref body.Port)));

    public static readonly RpcShape<WeightsBody> Weights = new(
        new("Passing", static (ref reader, body) => reader.ReadInteger(ref body.Passing)),
        new("Warning", static (ref reader, body) => reader.ReadInteger(ref body.Warning)));

    /// <summary>Of the settings of a proxy only is known whether they hold anything.</summary>
    public static readonly RpcShape<ProxyBody> Proxy = new(
    [
        .. new[]
        {
            "DestinationServiceName", "DestinationServiceID", "LocalServiceAddress", "LocalServicePort", "Config", "Upstreams",
            "MeshGateway", "Expose",
        }.Select(static name => new RpcField<ProxyBody>(name, static (ref reader, body) => reader.ReadContent(ref body.HasContent))),
    ]);

    public static readonly RpcShape<ConnectBody> Connect = new(
        new("Native", static (ref reader, body) => reader.ReadBoolean(ref body.Native)),
        new("SidecarService", static (ref reader, body) => reader.ReadContent(ref body.HasSidecar)));

    public static readonly RpcShape<CatalogServiceBody> Service = new(ServiceFields<CatalogServiceBody>(
        static (ref reader, body) => reader.ReadText(ref body.Kind),
        static (ref reader, body) => reader.ReadOptional(Weights, ref body.Weights),
        static (ref reader, body) => reader.ReadOptional(Proxy, ref body.Proxy),
        static (ref reader, body) => reader.ReadOptional(Connect, ref body.Connect)));

    public static readonly RpcShape<CatalogCheckDefinitionBody> Definition = new(
        new("HTTP", static (ref reader, body) => reader.ReadText(ref body.Http)),
        new("TLSSkipVerify", static (ref reader, body) => reader.ReadBoolean(ref body.TlsSkipVerify)),
        new("Header", static (ref reader, body) => reader.ReadMap(ref body.Header)),
        new("Method", static (ref reader, body) => reader.ReadText(ref body.Method)),
        new("Body", static (ref reader, body) => reader.ReadText(ref body.Body)),
        new("TCP", static (ref reader, body) => reader.ReadText(ref body.Tcp)),
        new("Interval", static (ref reader, body) => reader.ReadDuration(ref body.Interval)),
        new("OutputMaxSize", static (ref reader, _) => reader.Skip()),
        new("Timeout", static (ref reader, body) => reader.ReadDuration(ref body.Timeout)),
        new("DeregisterCriticalServiceAfter", static (ref reader, body) =>
            reader.ReadDuration(ref body.DeregisterCriticalServiceAfter)));

    public static readonly RpcShape<CatalogCheckBody> Check = new(CheckFields<CatalogCheckBody>(
        static (ref reader, body) => reader.ReadText(ref body.Type),
        static (ref reader, body) => reader.ReadOptional(Definition, ref body.Definition)));

    /// <summary>The fields of a service, those that are not the same everywhere given.</summary>
    public static RpcField<T>[] ServiceFields<T>(
        RpcFieldReader<T> kind, RpcFieldReader<T> weights, RpcFieldReader<T> proxy, RpcFieldReader<T> connect)
        where T : ServiceFieldsBody =>
    [
        new("Kind", kind),
        new("ID", static (ref reader, body) => reader.ReadText(ref body.Id)),
        new("Service", static (ref reader, body) => reader.ReadText(ref body.Service)),
        new("Tags", static (ref reader, body) => reader.ReadTexts(ref body.Tags)),
        new("Address", static (ref reader, body) => reader.ReadText(ref body.Address)),
        new("TaggedAddresses", static (ref reader, body) => reader.ReadMap(Address, ref body.TaggedAddresses)),
        new("Meta", static (ref reader, body) => reader.ReadMap(ref body.Meta)),
        new("Port", static (ref reader, body) => reader.ReadInteger(ref body.Port)),
        new("Weights", weights),
        new("EnableTagOverride", static (ref reader, body) => reader.ReadBoolean(ref body.EnableTagOverride)),
        new("Proxy", proxy),
        new("Connect", connect),
        new("LocallyRegisteredAsSidecar", static (ref reader, _) => reader.Skip()),
    ];

    /// <summary>The fields of a check, those that are not the same everywhere given.</summary>
    public static RpcField<T>[] CheckFields<T>(RpcFieldReader<T> type, RpcFieldReader<T> definition)
        where T : CheckFieldsBody =>
    [
        new("Node", static (ref reader, body) => reader.ReadText(ref body.Node)),
        new("CheckID", static (ref reader, body) => reader.ReadText(ref body.CheckId)),
        new("Name", static (ref reader, body) => reader.ReadText(ref body.Name)),
        new("Status", static (ref reader, body) => reader.ReadText(ref body.Status)),
        new("Notes", static (ref reader, body) => reader.ReadText(ref body.Notes)),
        new("Output", static (ref reader, body) => reader.ReadText(ref body.Output)),
        new("ServiceID", static (ref reader, body) => reader.ReadText(ref body.ServiceId)),
        new("ServiceName", static (ref reader, _) => reader.Skip()),
        new("ServiceTags", static (ref reader, _) => reader.Skip()),
        new("Type", type),
        new("Definition", definition),
    ];
}
