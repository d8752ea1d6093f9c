namespace Discovery.Consul;

/// <summary>A service inside a registration with the catalog: <c>Service</c> is its name.</summary>
internal sealed partial class CatalogServiceBody
{
    public string Kind = "";
    public string Id = "";
    public string Service = "";
    public List<string>? Tags;
    public string Address = "";
    public Dictionary<string, AddressBody>? TaggedAddresses;
    public Dictionary<string, string>? Meta;
    public long Port;
    public WeightsBody? Weights;
    public bool EnableTagOverride;
    public ProxyBody? Proxy;
    public ConnectBody? Connect;
}
