using Microsoft.Extensions.Logging;

namespace Discovery.Sessions;

/// <summary>Events 2100 to 2199.</summary>
internal static partial class Log
{
    [LoggerMessage(2100, LogLevel.Information, "{Count} session(s) ended: their leases had run out")]
    public static partial void LeasesEnded(ILogger logger, long count);
}
