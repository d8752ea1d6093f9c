namespace Discovery.Consul;

/// <summary>A check inside a transaction; what belongs to its service is the catalog's to say.</summary>
internal sealed partial class CheckRowBody : CheckFieldsBody
{
    public readonly CheckRowDefinitionBody Definition = new();
    public ulong ModifyIndex;
}
