using Microsoft.Extensions.Logging;

namespace Discovery.Transport;

/// <summary>What a transport is made of.</summary>
internal sealed record TransportParts
{
    public required NodeRuntime Runtime { get; init; }

    /// <summary>Who this server is.</summary>
    public required TransportIdentity Identity { get; init; }

    public required INodeConnector Connector { get; init; }

    public required IPeerDirectory Directory { get; init; }

    /// <summary>Hears who others are; null for whom it is all the same.</summary>
    public IIntroductions? Introductions { get; init; }

    public ITransportSecurity Security { get; init; } = new NoSecurity();

    public TransportOptions Options { get; init; } = new();

    public required TransportMetrics Metrics { get; init; }

    public required ILogger Logger { get; init; }
}
