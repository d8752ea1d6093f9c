using System.Diagnostics.Metrics;
using Discovery.Transport;
using Microsoft.Extensions.Logging;

namespace Discovery.Autopilot;

/// <summary>What a server reaches the others by.</summary>
internal sealed record RaftNetwork(
    RaftConnectionHandler Handler,
    ServerList Others,
    INodeConnector Connector,
    NodeRuntime Runtime,
    IMeterFactory Meters,
    ILogger<RaftTransport> Logger)
{
    public RaftTransport Create(TransportIdentity identity, IIntroductions introductions) => new(new TransportParts
    {
        Runtime = Runtime,
        Identity = identity,
        Connector = Connector,
        Directory = Others.Addresses,
        Introductions = introductions,
        Metrics = new TransportMetrics(Meters),
        Logger = Logger,
    });
}
