using Microsoft.Extensions.Logging;

namespace Discovery.Autopilot;

/// <summary>What looking after the members stands on.</summary>
/// <param name="Watch">How the servers are.</param>
/// <param name="Others">Who else there is.</param>
/// <param name="Store">The rules that somebody set; null where nobody can.</param>
/// <param name="FailedAfter">How long a server must not answer to count as failed.</param>
/// <param name="Runtime">The clock.</param>
/// <param name="Metrics">The numbers.</param>
/// <param name="Logger">Where every change is told.</param>
internal sealed record AutopilotParts(
    ClusterWatch Watch,
    ServerList Others,
    IAutopilotStore? Store,
    TimeSpan FailedAfter,
    NodeRuntime Runtime,
    AutopilotMetrics Metrics,
    ILogger<AutopilotLoop> Logger)
{
    /// <summary>The rules now.</summary>
    public AutopilotConfiguration Configuration => Store?.Current ?? AutopilotConfiguration.Default;
}
