namespace Discovery.Consul;

/// <summary>A check inside a transaction; what belongs to its service is the catalog's to say.</summary>
internal sealed partial class CheckRowBody
{
    public readonly CheckRowDefinitionBody Definition = new();
    public string Node = "";
    public string CheckId = "";
    public string Name = "";
    public string Status = "";
    public string Notes = "";
    public string Output = "";
    public string ServiceId = "";
    public ulong ModifyIndex;
}
