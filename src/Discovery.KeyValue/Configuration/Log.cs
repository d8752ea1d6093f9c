using Microsoft.Extensions.Logging;

namespace Discovery.Configuration;

/// <summary>Events 2300 to 2399. Values are never told.</summary>
internal static partial class Log
{
    [LoggerMessage(2300, LogLevel.Error, "The configuration below {Prefix} at index {Index} was not taken: {Reason}")]
    public static partial void NotTaken(ILogger logger, KeyValueKey prefix, ulong index, string reason);
}
