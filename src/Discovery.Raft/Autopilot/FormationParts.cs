using Discovery.Transport;
using Microsoft.Extensions.Logging;

namespace Discovery.Autopilot;

/// <summary>What finding the others, and the forming of a cluster, need to know.</summary>
/// <param name="Servers">The addresses of all servers.</param>
/// <param name="Expect">How many of them begin a cluster; 0 for never.</param>
/// <param name="Others">Takes who was found.</param>
/// <param name="Runtime">The clock.</param>
/// <param name="Logger">Where waiting is told.</param>
internal sealed record FormationParts(
    IReadOnlyList<PeerAddress> Servers, int Expect, ServerList Others, NodeRuntime Runtime, ILogger Logger);
