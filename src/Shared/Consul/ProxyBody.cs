namespace Discovery.Consul;

/// <summary>The proxy settings of a service, of which only is known whether they hold anything: proxies are not offered.</summary>
internal sealed partial class ProxyBody
{
    public bool HasContent;
}
