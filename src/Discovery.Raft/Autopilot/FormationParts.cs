using Discovery.Transport;
using Microsoft.Extensions.Logging;

namespace Discovery.Autopilot;

/// <summary>What the forming of a cluster needs to know.</summary>
/// <param name="Servers">The addresses of all servers.</param>
/// <param name="Others">Takes who was found.</param>
/// <param name="Runtime">The clock.</param>
/// <param name="Logger">Where waiting is told.</param>
internal sealed record FormationParts(IReadOnlyList<PeerAddress> Servers, ServerList Others, NodeRuntime Runtime, ILogger Logger);
