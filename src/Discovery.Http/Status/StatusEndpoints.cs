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
        string? leader = node.Status.Leader;
        Member? member = membership.Members.FirstOrDefault(one => string.Equals(one.Name, leader, StringComparison.OrdinalIgnoreCase));
        return call.WriteAsync(json.String(member is null ? "" : AddressOf(member)));
    }

    private Task PeersAsync(ApiCall call)
    {
        CheckDatacenter(call);
        var json = new JsonBuffer(256);
        return call.WriteAsync(json.Strings([.. membership.Members.Where(IsServer).Select(AddressOf)]));
    }

    private static bool IsServer(Member member) => member.Tags.GetValueOrDefault("role") == "consul";

    // Go's form of an address and a port.
    private static string AddressOf(Member member)
    {
        string host = member.Address.Contains(':', StringComparison.Ordinal) ? $"[{member.Address}]" : member.Address;
        return $"{host}:{member.Tags.GetValueOrDefault("port")}";
    }

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
