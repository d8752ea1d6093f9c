namespace Discovery.Consul;

/// <summary>The status of a check inside a registration with the catalog.</summary>
internal sealed partial class CatalogCheckBody
{
    public string Node = "";
    public string CheckId = "";
    public string Name = "";
    public string Status = "";
    public string Notes = "";
    public string Output = "";
    public string ServiceId = "";
    public string ServiceName = "";
    public List<string>? ServiceTags;
    public string Type = "";
    public CatalogCheckDefinitionBody? Definition;
}
