namespace Discovery.Infrastructure;

/// <summary>The body of a deregistration straight from the catalog.</summary>
internal sealed class CatalogDeregisterBody
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

    public string Datacenter = "";
    public string Node = "";
    public string ServiceId = "";
    public string CheckId = "";
    public string Token = "";

    private string _address = "";
}
