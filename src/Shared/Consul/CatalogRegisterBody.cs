namespace Discovery.Consul;

/// <summary>The body of a registration straight with the catalog.</summary>
internal sealed partial class CatalogRegisterBody
{
    public string Datacenter = "";
    public string Id = "";
    public string Node = "";
    public string Address = "";
    public Dictionary<string, string>? TaggedAddresses;
    public Dictionary<string, string>? NodeMeta;
    public CatalogServiceBody? Service;
    public CatalogCheckBody? Check;
    public List<CatalogCheckBody?>? Checks;
    public bool SkipNodeUpdate;
    public string Token = "";
}
