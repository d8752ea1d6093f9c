using System.Diagnostics.Metrics;
using Discovery.Autopilot;
using Discovery.Transport;
using Microsoft.Extensions.Logging;

namespace Discovery.Driver;

/// <summary>What a server reaches the others by.</summary>
internal sealed record RaftNetwork(
    RaftConnectionHandler Handler,
    ServerList Others,
    INodeConnector Connector,
    NodeRuntime Runtime,
    IMeterFactory Meters,
    ILogger<RaftTransport> Logger)
{
    public RaftTransport Create(TransportIdentity identity, IPeerDirectory directory) => new(new TransportParts
    {
        Runtime = Runtime,
        Identity = identity,
        Connector = Connector,
        Directory = directory,
        Metrics = new TransportMetrics(Meters),
        Logger = Logger,
    });
}
