using Microsoft.Extensions.Logging;

namespace Discovery.Membership;

/// <summary>The log messages of membership: event ids 1600 to 1649.</summary>
internal static partial class Log
{
    [LoggerMessage(1600, LogLevel.Warning, "What the catalog shows of member {Member} could not be written; it is tried again: {Reason}")]
    public static partial void RowsNotWritten(ILogger logger, string member, string reason);

    [LoggerMessage(1601, LogLevel.Warning, "The catalog refused what it is to show of member {Member}: {Reason}")]
    public static partial void RowsRefused(ILogger logger, string member, string reason);
}
