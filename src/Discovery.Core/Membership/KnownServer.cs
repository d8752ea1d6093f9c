namespace Discovery;

/// <summary>Another server of this datacenter.</summary>
/// <param name="Name">Its node name.</param>
/// <param name="NodeId">Its node id.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Port">Its RPC port.</param>
/// <param name="IsAlive">Whether it answers.</param>
public sealed record KnownServer(string Name, Guid NodeId, string Address, int Port, bool IsAlive);
