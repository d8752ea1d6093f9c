namespace Discovery.Consul;

/// <summary>The body of a deregistration straight from the catalog.</summary>
internal sealed partial class CatalogDeregisterBody
{
    public string Datacenter = "";
    public string Node = "";
    public string ServiceId = "";
    public string CheckId = "";
    public string Token = "";
}
