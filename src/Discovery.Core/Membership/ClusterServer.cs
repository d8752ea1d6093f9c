namespace Discovery;

/// <summary>A server as the log's configuration has it.</summary>
/// <param name="NodeId">Its node id.</param>
/// <param name="Name">Its node name; its node id as long as nobody has heard its name.</param>
/// <param name="Address">Its RPC port as <c>host:port</c>; empty as long as nobody knows where it is.</param>
/// <param name="Role">What it is.</param>
/// <param name="IsLeader">Whether it leads, as the answering node sees it.</param>
public sealed record ClusterServer(Guid NodeId, string Name, string Address, ServerRole Role, bool IsLeader);
