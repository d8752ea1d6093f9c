namespace Discovery.Consul;

/// <summary>One tagged address of a service.</summary>
internal sealed partial class AddressBody
{
    public string Address = "";
    public long Port;
}
