using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class AddressBody
{
    public static readonly GoShape<AddressBody> Shape = new()
    {
        Name = "ServiceAddress",
        Type = "structs.ServiceAddress",
        Fields =
        [
            new("Address", static (ref reader, body) => reader.ReadString(ref body.Address)),
            new("Port", static (ref reader, body) => reader.ReadInteger(ref body.Port)),
        ],
    };

    /// <summary>As a transaction has it.</summary>
    public static readonly GoShape<AddressBody> TransactionShape = new()
    {
        Name = "ServiceAddress",
        Type = "api.ServiceAddress",
        Fields = Shape.Fields,
    };
}
