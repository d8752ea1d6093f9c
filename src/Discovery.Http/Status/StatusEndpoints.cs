using Discovery.Infrastructure;

namespace Discovery.Status;

/// <summary><c>/v1/status</c>: who leads, and who else is there.</summary>
internal sealed class StatusEndpoints(IDiscoveryNode node, IMembershipSource membership) : IEndpointGroup
{
    public void Map(ApiRoutes routes)
    {
        routes.Add("status/leader", ApiMethods.Get, LeaderAsync);
        routes.Add("status/peers", ApiMethods.Get, PeersAsync);
    }

    private Task LeaderAsync(ApiCall call)
    {
        CheckDatacenter(call);
        var json = new JsonBuffer(256);
        return call.WriteAsync(json.String(MemberAddress.OfLeader(membership.Members, node.Status.Leader)));
    }

    private Task PeersAsync(ApiCall call)
    {
        CheckDatacenter(call);
        var json = new JsonBuffer(256);
        return call.WriteAsync(json.Strings([.. membership.Members.Where(IsServer).Select(MemberAddress.Of)]));
    }

    private static bool IsServer(Member member) => member.Tags.GetValueOrDefault("role") == "consul";

    // Nothing here blocks, and yet what every read takes is read, and refused where it cannot be.
    private void CheckDatacenter(ApiCall call)
    {
        call.ReadOptions();
        if (call.Context.Datacenter is { } other && !string.Equals(other, node.Datacenter, StringComparison.OrdinalIgnoreCase))
        {
            throw new DiscoveryException(DiscoveryError.NoPathToDatacenter, "No path to datacenter");
        }
    }
}
