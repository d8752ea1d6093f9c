namespace Discovery.Consul;

/// <summary>What the catalog keeps of how a check is run, inside a transaction. Fields that it does not have are ignored.</summary>
internal sealed partial class CheckRowDefinitionBody
{
    public string Http = "";
    public Dictionary<string, List<string>?>? Header;
    public string Method = "";
    public string Body = "";
    public bool TlsSkipVerify;
    public string Tcp = "";
    public TimeSpan? Interval;
    public TimeSpan? Timeout;
    public TimeSpan? DeregisterCriticalServiceAfter;
}
