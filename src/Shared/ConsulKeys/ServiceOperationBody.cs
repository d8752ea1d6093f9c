namespace Discovery.Consul;

/// <summary>An operation on a service instance of the catalog.</summary>
internal sealed partial class ServiceOperationBody
{
    public readonly ServiceRowBody Service = new();
    public string Verb = "";
    public string Node = "";
}
