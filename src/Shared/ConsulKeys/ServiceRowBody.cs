namespace Discovery.Consul;

/// <summary>A service instance inside a transaction; what it says of the mesh is dropped.</summary>
internal sealed partial class ServiceRowBody : ServiceFieldsBody
{
    public readonly WeightsBody Weights = new();
    public ulong ModifyIndex;
}
