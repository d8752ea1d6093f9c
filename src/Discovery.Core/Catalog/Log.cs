using Microsoft.Extensions.Logging;

namespace Discovery.Catalog;

/// <summary>The catalog's log messages: event ids 1100 to 1149.</summary>
internal static partial class Log
{
    [LoggerMessage(
        1100, LogLevel.Error, "The handler of a subscription to {Service} threw on the change at index {Index}; it goes on with the next")]
    public static partial void WatchHandlerFailed(ILogger logger, string service, ulong index, Exception exception);

    [LoggerMessage(1101, LogLevel.Error, "The subscription to {Service} has ended: the state could not be read")]
    public static partial void WatchEnded(ILogger logger, string service, Exception exception);
}
