namespace Discovery.Infrastructure;

/// <summary>One tagged address of a service.</summary>
internal sealed class AddressBody
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

    public string Address = "";
    public long Port;
}
