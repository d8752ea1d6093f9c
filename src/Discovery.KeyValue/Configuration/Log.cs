using Microsoft.Extensions.Logging;

namespace Discovery.Configuration;

/// <summary>Events 2300 to 2399. Values are never told.</summary>
internal static partial class Log
{
    [LoggerMessage(2300, LogLevel.Error, "The configuration below {Prefix} at index {Index} was not taken: {Reason}")]
    public static partial void NotTaken(ILogger logger, KeyValueKey prefix, ulong index, string reason);

    [LoggerMessage(2301, LogLevel.Warning, "The app started without the copy of the configuration below {Prefix}: {Reason}")]
    public static partial void CopyUnusable(ILogger logger, KeyValueKey prefix, string reason);

    [LoggerMessage(2302, LogLevel.Warning, "The copy of the configuration below {Prefix} could not be written: {Reason}")]
    public static partial void CopyNotWritten(ILogger logger, KeyValueKey prefix, string reason);

    [LoggerMessage(2303, LogLevel.Warning, "The configuration below {Prefix} stays as it was until the store can be read: {Reason}")]
    public static partial void NotReached(ILogger logger, KeyValueKey prefix, string reason);

    [LoggerMessage(2304, LogLevel.Error, "A callback of the app threw when the configuration below {Prefix} changed")]
    public static partial void CallbackFailed(ILogger logger, KeyValueKey prefix, Exception failure);
}
