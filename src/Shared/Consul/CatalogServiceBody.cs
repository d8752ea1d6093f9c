namespace Discovery.Consul;

/// <summary>A service inside a registration with the catalog: <c>Service</c> is its name.</summary>
internal sealed partial class CatalogServiceBody : ServiceFieldsBody
{
    public string Kind = "";
    public WeightsBody? Weights;
    public ProxyBody? Proxy;
    public ConnectBody? Connect;
}
