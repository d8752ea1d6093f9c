namespace Discovery.Consul;

/// <summary>A service instance inside a transaction; Consul drops its tagged addresses and what it says of the mesh.</summary>
internal sealed partial class ServiceRowBody
{
    public readonly WeightsBody Weights = new();
    public string Id = "";
    public string Service = "";
    public List<string>? Tags;
    public Dictionary<string, AddressBody>? TaggedAddresses;
    public Dictionary<string, string>? Meta;
    public long Port;
    public string Address = "";
    public bool EnableTagOverride;
    public ulong ModifyIndex;
}
