using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class CatalogServiceBody
{
    public static readonly GoShape<CatalogServiceBody> Shape = new()
    {
        Name = "NodeService",
        Type = "structs.NodeService",
        Fields =
        [
            new("Kind", static (ref reader, body) => reader.ReadString(ref body.Kind, "structs.ServiceKind")),
            new("ID", static (ref reader, body) => reader.ReadString(ref body.Id)),
            new("Service", static (ref reader, body) => reader.ReadString(ref body.Service)),
            new("Tags", static (ref reader, body) => reader.ReadStrings(ref body.Tags)),
            new("Address", static (ref reader, body) => reader.ReadString(ref body.Address)),
            new("TaggedAddresses", static (ref reader, body) => reader.ReadMap(AddressBody.Shape, ref body.TaggedAddresses)),
            new("Meta", static (ref reader, body) => reader.ReadMap(ref body.Meta)),
            new("Port", static (ref reader, body) => reader.ReadInteger(ref body.Port)),
            new("Weights", static (ref reader, body) => reader.ReadOptional(WeightsBody.Shape, ref body.Weights)),
            new("EnableTagOverride", static (ref reader, body) => reader.ReadBoolean(ref body.EnableTagOverride)),
            new("Proxy", static (ref reader, body) => reader.ReadOptional(ProxyBody.Shape, ref body.Proxy)),
            new("Connect", static (ref reader, body) => reader.ReadOptional(ConnectBody.Shape, ref body.Connect)),
            new("CreateIndex", static (ref reader, _) => reader.SkipUnsigned("uint64")),
            new("ModifyIndex", static (ref reader, _) => reader.SkipUnsigned("uint64")),
        ],
    };
}
