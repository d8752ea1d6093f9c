namespace Discovery.Consul;

/// <summary>The status of a check inside a registration with the catalog.</summary>
internal sealed partial class CatalogCheckBody : CheckFieldsBody
{
    public string ServiceName = "";
    public List<string>? ServiceTags;
    public string Type = "";
    public CatalogCheckDefinitionBody? Definition;
}
