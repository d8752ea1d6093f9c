namespace Discovery.Consul;

/// <summary>What a service has wherever it stands.</summary>
internal abstract class ServiceFieldsBody
{
    public string Id = "";
    public string Service = "";
    public List<string>? Tags;
    public string Address = "";
    public Dictionary<string, AddressBody>? TaggedAddresses;
    public Dictionary<string, string>? Meta;
    public long Port;
    public bool EnableTagOverride;
}
