using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class CatalogDeregisterBody
{
    public static readonly GoShape<CatalogDeregisterBody> Shape = new()
    {
        Name = "",
        Type = GoTypeNames.DeregisterRequest,
        IsCustom = true,
        Fields =
        [
            new("Datacenter", static (ref reader, body) => reader.ReadString(ref body.Datacenter)),
            new("Node", static (ref reader, body) => reader.ReadString(ref body.Node)),
            new("ServiceID", static (ref reader, body) => reader.ReadString(ref body.ServiceId)),
            new("CheckID", static (ref reader, body) => reader.ReadString(ref body.CheckId, "types.CheckID")),
            new("Address", static (ref reader, body) => reader.ReadString(ref body._address)),
            new("Token", static (ref reader, body) => reader.ReadString(ref body.Token)),
        ],
    };

    private string _address = "";
}
