using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON; Consul drops tagged addresses here.</content>
internal sealed partial class ServiceRowBody
{
    public static readonly GoShape<ServiceRowBody> Shape = new()
    {
        Name = "AgentService",
        Type = "api.AgentService",
        Fields =
        [
            new("Kind", static (ref reader, body) => reader.ReadString(ref body._ignored, "api.ServiceKind")),
            new("ID", static (ref reader, body) => reader.ReadString(ref body.Id)),
            new("Service", static (ref reader, body) => reader.ReadString(ref body.Service)),
            new("Tags", static (ref reader, body) => reader.ReadStrings(ref body.Tags)),
            new("Meta", static (ref reader, body) => reader.ReadMap(ref body.Meta)),
            new("Port", static (ref reader, body) => reader.ReadInteger(ref body.Port)),
            new("Address", static (ref reader, body) => reader.ReadString(ref body.Address)),
            new("TaggedAddresses", static (ref reader, body) => reader.ReadMap(AddressBody.TransactionShape, ref body._ignoredAddresses)),
            new("Weights", static (ref reader, body) => reader.ReadObject(WeightsBody.TransactionShape, body.Weights)),
            new("EnableTagOverride", static (ref reader, body) => reader.ReadBoolean(ref body.EnableTagOverride)),
            new("CreateIndex", static (ref reader, _) => reader.SkipUnsigned("uint64")),
            new("ModifyIndex", static (ref reader, body) => reader.ReadUnsigned(ref body.ModifyIndex)),
            new("ContentHash", static (ref reader, body) => reader.ReadString(ref body._ignored)),
            new("Proxy", static (ref reader, body) => reader.ReadPresence(ref body._hasMesh)),
            new("Connect", static (ref reader, body) => reader.ReadPresence(ref body._hasMesh)),
            new("Namespace", static (ref reader, body) => reader.ReadString(ref body._ignored)),
        ],
    };

    private string _ignored = "";
    private bool _hasMesh;
    private Dictionary<string, AddressBody>? _ignoredAddresses;
}
