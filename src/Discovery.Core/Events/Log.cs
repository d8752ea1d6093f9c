using Microsoft.Extensions.Logging;

namespace Discovery.Events;

/// <summary>The log messages of events: event ids 1750 to 1799.</summary>
internal static partial class Log
{
    [LoggerMessage(1750, LogLevel.Warning, "Event {Name}: {What} ({Count} since the last line of this kind)")]
    public static partial void OddEvent(ILogger logger, string name, string what, long count);

    [LoggerMessage(
        1751, LogLevel.Warning, "{Events} events have not reached {Server}: {Reason} ({Count} since the last line of this kind)")]
    public static partial void NotSent(ILogger logger, int events, string server, string reason, long count);
}
