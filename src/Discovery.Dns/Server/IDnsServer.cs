using System.Net;

namespace Discovery;

/// <summary>The DNS server of this process.</summary>
public interface IDnsServer
{
    /// <summary>Where it listens, over UDP and TCP alike, with the real ports; empty until it has started.</summary>
    IReadOnlyList<IPEndPoint> Endpoints { get; }
}
