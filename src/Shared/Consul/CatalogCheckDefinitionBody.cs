namespace Discovery.Consul;

/// <summary>What the catalog keeps of how a check is run; the catalog does not run it. Fields that it does not have are ignored.</summary>
internal partial class CatalogCheckDefinitionBody
{
    public string Http = "";
    public bool TlsSkipVerify;
    public Dictionary<string, List<string>?>? Header;
    public string Method = "";
    public string Body = "";
    public string Tcp = "";
    public TimeSpan? Interval;
    public TimeSpan? Timeout;
    public TimeSpan? DeregisterCriticalServiceAfter;
}
