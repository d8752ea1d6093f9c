namespace Discovery.Consul;

/// <summary>An operation on a node of the catalog.</summary>
internal sealed partial class NodeOperationBody
{
    public readonly NodeRowBody Node = new();
    public string Verb = "";
}
