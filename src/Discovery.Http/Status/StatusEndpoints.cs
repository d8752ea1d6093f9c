using System.Globalization;
using Discovery.Infrastructure;
using Microsoft.Extensions.Options;

namespace Discovery.Status;

/// <summary><c>/v1/status</c>: who leads, and who else is there.</summary>
internal sealed class StatusEndpoints(IDiscoveryNode node, IOptions<NodeOptions> options) : IEndpointGroup
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
        return call.WriteAsync(json.String(node.Status.Leader is null ? "" : Address));
    }

    private Task PeersAsync(ApiCall call)
    {
        CheckDatacenter(call);
        var json = new JsonBuffer(256);
        return call.WriteAsync(json.Strings([Address]));
    }

    // Go's form of an address and a port.
    private string Host => node.Address.Contains(':', StringComparison.Ordinal) ? $"[{node.Address}]" : node.Address;

    private string Address => string.Create(CultureInfo.InvariantCulture, $"{Host}:{options.Value.ServerPort}");

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
