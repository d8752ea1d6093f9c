namespace Discovery;

/// <summary>Another server of this datacenter.</summary>
/// <param name="Name">Its node name.</param>
/// <param name="NodeId">Its node id.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Port">Its RPC port.</param>
/// <param name="Status">Whether it answers, or belongs to the cluster no more.</param>
public sealed record KnownServer(string Name, Guid NodeId, string Address, int Port, MemberStatus Status)
{
    /// <summary>Whether it votes and keeps no state: nobody is to be sent to it for anything.</summary>
    public bool IsWitness { get; init; }
}
