using System.Globalization;
using Discovery.Infrastructure;

namespace Discovery.Status;

/// <summary><c>/v1/status</c>: who leads, and who else is there.</summary>
internal sealed class StatusEndpoints(IDiscoveryNode node) : IEndpointGroup
{
    // Consul's port for servers; where this node has none of its own, clients still expect an address here.
    private const int ServerPort = 8300;

    public void Map(ApiRoutes routes)
    {
        routes.Add("status/leader", ApiMethods.Get, LeaderAsync);
        routes.Add("status/peers", ApiMethods.Get, PeersAsync);
    }

    private Task LeaderAsync(ApiCall call)
    {
        CheckDatacenter(call);
        var json = new JsonBuffer(256);
        return call.WriteAsync(json.String(node.Status.Leader is null ? "" : Address));
    }

    private Task PeersAsync(ApiCall call)
    {
        CheckDatacenter(call);
        var json = new JsonBuffer(256);
        return call.WriteAsync(json.Strings([Address]));
    }

    private string Address => string.Create(CultureInfo.InvariantCulture, $"{node.Address}:{ServerPort}");

    private void CheckDatacenter(ApiCall call)
    {
        if (call.Context.Datacenter is { } other && !string.Equals(other, node.Datacenter, StringComparison.OrdinalIgnoreCase))
        {
            throw new DiscoveryException(DiscoveryError.NoPathToDatacenter, "No path to datacenter");
        }
    }
}
