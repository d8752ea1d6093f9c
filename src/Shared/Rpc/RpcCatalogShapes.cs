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

    public static readonly RpcShape<CatalogServiceBody> Service = new(
        new("Kind", static (ref reader, body) => reader.ReadText(ref body.Kind)),
        new("ID", static (ref reader, body) => reader.ReadText(ref body.Id)),
        new("Service", static (ref reader, body) => reader.ReadText(ref body.Service)),
        new("Tags", static (ref reader, body) => reader.ReadTexts(ref body.Tags)),
        new("Address", static (ref reader, body) => reader.ReadText(ref body.Address)),
        new("TaggedAddresses", static (ref reader, body) => reader.ReadMap(Address, ref body.TaggedAddresses)),
        new("Meta", static (ref reader, body) => reader.ReadMap(ref body.Meta)),
        new("Port", static (ref reader, body) => reader.ReadInteger(ref body.Port)),
        new("Weights", static (ref reader, body) => reader.ReadOptional(Weights, ref body.Weights)),
        new("EnableTagOverride", static (ref reader, body) => reader.ReadBoolean(ref body.EnableTagOverride)),
        new("Proxy", static (ref reader, body) => reader.ReadOptional(Proxy, ref body.Proxy)),
        new("Connect", static (ref reader, body) => reader.ReadOptional(Connect, ref body.Connect)));

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

    public static readonly RpcShape<CatalogCheckBody> Check = new(
        new("Node", static (ref reader, body) => reader.ReadText(ref body.Node)),
        new("CheckID", static (ref reader, body) => reader.ReadText(ref body.CheckId)),
        new("Name", static (ref reader, body) => reader.ReadText(ref body.Name)),
        new("Status", static (ref reader, body) => reader.ReadText(ref body.Status)),
        new("Notes", static (ref reader, body) => reader.ReadText(ref body.Notes)),
        new("Output", static (ref reader, body) => reader.ReadText(ref body.Output)),
        new("ServiceID", static (ref reader, body) => reader.ReadText(ref body.ServiceId)),
        new("ServiceName", static (ref reader, body) => reader.ReadText(ref body.ServiceName)),
        new("ServiceTags", static (ref reader, body) => reader.ReadTexts(ref body.ServiceTags)),
        new("Type", static (ref reader, body) => reader.ReadText(ref body.Type)),
        new("Definition", static (ref reader, body) => reader.ReadOptional(Definition, ref body.Definition)));
}
