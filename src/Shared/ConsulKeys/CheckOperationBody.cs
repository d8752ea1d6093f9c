namespace Discovery.Consul;

/// <summary>An operation on a check of the catalog.</summary>
internal sealed partial class CheckOperationBody
{
    public readonly CheckRowBody Check = new();
    public string Verb = "";
}
