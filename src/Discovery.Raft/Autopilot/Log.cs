using Microsoft.Extensions.Logging;

namespace Discovery.Autopilot;

internal static partial class Log
{
    [LoggerMessage(3100, LogLevel.Warning, "The cluster has not begun yet: {Reason}")]
    internal static partial void Waits(ILogger logger, string reason);

    [LoggerMessage(3101, LogLevel.Information, "Cluster {Cluster} begins with {Members} servers")]
    internal static partial void Begins(ILogger logger, Guid cluster, int members);
}
