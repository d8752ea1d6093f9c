using Microsoft.Extensions.Logging;

namespace Discovery.Agent;

/// <summary>The log messages of the agent endpoints: event ids 6100 to 6149.</summary>
internal static partial class Log
{
    [LoggerMessage(6100, LogLevel.Error, "What was to happen after this node was told to leave failed")]
    internal static partial void LeaveListenerFailed(ILogger logger, Exception exception);
}
