using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class CatalogRegisterBody
{
    public static readonly GoShape<CatalogRegisterBody> Shape = new()
    {
        Name = "RegisterRequest",
        Type = "structs.RegisterRequest",
        Fields =
        [
            new("Datacenter", static (ref reader, body) => reader.ReadString(ref body.Datacenter)),
            new("ID", static (ref reader, body) => reader.ReadString(ref body.Id, "types.NodeID")),
            new("Node", static (ref reader, body) => reader.ReadString(ref body.Node)),
            new("Address", static (ref reader, body) => reader.ReadString(ref body.Address)),
            new("TaggedAddresses", static (ref reader, body) => reader.ReadMap(ref body.TaggedAddresses)),
            new("NodeMeta", static (ref reader, body) => reader.ReadMap(ref body.NodeMeta)),
            new("Service", static (ref reader, body) => reader.ReadOptional(CatalogServiceBody.Shape, ref body.Service)),
            new("Check", static (ref reader, body) => reader.ReadOptional(CatalogCheckBody.Shape, ref body.Check)),
            new("Checks", static (ref reader, body) => reader.ReadList(CatalogCheckBody.Shape, "structs.HealthChecks", ref body.Checks)),
            new("SkipNodeUpdate", static (ref reader, body) => reader.ReadBoolean(ref body.SkipNodeUpdate)),
            new("Token", static (ref reader, body) => reader.ReadString(ref body.Token)),
            new("CreateIndex", static (ref reader, _) => reader.SkipUnsigned("uint64")),
            new("ModifyIndex", static (ref reader, _) => reader.SkipUnsigned("uint64")),
        ],
    };
}
