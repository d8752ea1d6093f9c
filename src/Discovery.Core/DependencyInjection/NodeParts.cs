using Discovery.Coordinates;
using Discovery.Membership;
using Discovery.Rpc;

namespace Discovery.DependencyInjection;

/// <summary>What a node runs on.</summary>
internal sealed record NodeParts(
    NodeRuntime Runtime,
    LoopSupervisor Supervisor,
    NodeLifetime Lifetime,
    IdSource Ids,
    TopicReaper TopicReaper,
    MemberReconciler Members,
    CoordinateUpdates CoordinateUpdates,
    ICoordinates Coordinates,
    IUserEvents Events,
    IEnumerable<INodeLoop> Loops,
    RpcListener? Rpc = null);
