namespace Discovery.Infrastructure;

/// <summary>The body of a registration with the agent.</summary>
internal sealed class ServiceBody
{
    public static readonly GoShape<ServiceBody> Shape = new()
    {
        Name = "",
        Type = GoTypeNames.ServiceDefinition,
        IsCustom = true,
        Complete = static body => body.Complete(),
        Fields =
        [
            new("ID", static (ref reader, body) => reader.ReadString(ref body.Id)),
            new("Name", static (ref reader, body) => reader.ReadString(ref body.Name)),
            new("Tags", static (ref reader, body) => reader.ReadStrings(ref body.Tags)),
            new("Address", static (ref reader, body) => reader.ReadString(ref body.Address)),
            new("Port", static (ref reader, body) => reader.ReadInteger(ref body.Port)),
            new("Meta", static (ref reader, body) => reader.ReadMap(ref body.Meta)),
            new("TaggedAddresses", static (ref reader, body) => reader.ReadMap(AddressBody.Shape, ref body.TaggedAddresses)),
            new("tagged_addresses", static (ref reader, body) => reader.ReadMap(AddressBody.Shape, ref body._taggedAddressesSnake)),
            new("Weights", static (ref reader, body) => reader.ReadOptional(WeightsBody.Shape, ref body.Weights)),
            new("EnableTagOverride", static (ref reader, body) => reader.ReadBoolean(ref body.EnableTagOverride)),
            new("enable_tag_override", static (ref reader, body) => reader.ReadBoolean(ref body._enableTagOverrideSnake)),
            new("Check", static (ref reader, body) => reader.ReadOptional(CheckBody.OfService, ref body.Check)),
            new("Checks", static (ref reader, body) => reader.ReadList(CheckBody.OfService, "structs.CheckTypes", ref body.Checks)),
            new("Token", static (ref reader, body) => reader.ReadString(ref body.Token)),
            new("Kind", static (ref reader, body) => reader.ReadString(ref body.Kind, "structs.ServiceKind")),
            new("Proxy", static (ref reader, body) => reader.ReadOptional(ProxyBody.Shape, ref body.Proxy)),
            new("Connect", static (ref reader, body) => reader.ReadOptional(ConnectBody.Shape, ref body.Connect)),
        ],
    };

    public string Id = "";
    public string Name = "";
    public List<string>? Tags;
    public string Address = "";
    public long Port;
    public Dictionary<string, string>? Meta;
    public Dictionary<string, AddressBody>? TaggedAddresses;
    public WeightsBody? Weights;
    public bool EnableTagOverride;
    public CheckBody? Check;
    public List<CheckBody?>? Checks;
    public string Token = "";
    public string Kind = "";
    public ProxyBody? Proxy;
    public ConnectBody? Connect;

    private Dictionary<string, AddressBody>? _taggedAddressesSnake;
    private bool _enableTagOverrideSnake;

    private string? Complete()
    {
        EnableTagOverride |= _enableTagOverrideSnake;
        TaggedAddresses = TaggedAddresses is { Count: > 0 } ? TaggedAddresses : _taggedAddressesSnake;
        return null;
    }
}
