using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class NodeRowBody
{
    public static readonly GoShape<NodeRowBody> Shape = new()
    {
        Name = "Node",
        Type = "api.Node",
        Fields =
        [
            new("ID", static (ref reader, body) => reader.ReadString(ref body.Id)),
            new("Node", static (ref reader, body) => reader.ReadString(ref body.Node)),
            new("Address", static (ref reader, body) => reader.ReadString(ref body.Address)),
            new("Datacenter", static (ref reader, body) => reader.ReadString(ref body.Datacenter)),
            new("TaggedAddresses", static (ref reader, body) => reader.ReadMap(ref body.TaggedAddresses)),
            new("Meta", static (ref reader, body) => reader.ReadMap(ref body.Meta)),
            new("CreateIndex", static (ref reader, _) => reader.SkipUnsigned("uint64")),
            new("ModifyIndex", static (ref reader, body) => reader.ReadUnsigned(ref body.ModifyIndex)),
        ],
    };
}
