namespace Discovery.Consul;

/// <summary>A node inside a transaction.</summary>
internal sealed partial class NodeRowBody
{
    public string Id = "";
    public string Node = "";
    public string Address = "";
    public string Datacenter = "";
    public Dictionary<string, string>? TaggedAddresses;
    public Dictionary<string, string>? Meta;
    public ulong ModifyIndex;
}
