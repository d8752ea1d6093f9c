using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class ProxyBody
{
    public static readonly GoShape<ProxyBody> Shape = new()
    {
        Name = "",
        Type = GoTypeNames.Proxy,
        IsCustom = true,
        Fields =
        [
            .. new[]
            {
                "DestinationServiceName", "DestinationServiceID", "LocalServiceAddress", "LocalServicePort", "Config", "Upstreams",
                "MeshGateway", "Expose", "destination_service_name", "destination_service_id", "local_service_address",
                "local_service_port", "mesh_gateway",
            }.Select(static name => new GoField<ProxyBody>(name, static (ref reader, body) => reader.ReadContent(ref body.HasContent))),
        ],
    };
}
