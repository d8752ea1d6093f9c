using Microsoft.Extensions.Logging;

namespace Discovery.Health;

internal static partial class Log
{
    [LoggerMessage(1300, LogLevel.Error, "The receiver of check results failed for check {Check}.")]
    public static partial void SinkFailed(ILogger logger, Exception exception, CheckKey check);

    [LoggerMessage(1301, LogLevel.Error, "The loop of the checks met an error and went on.")]
    public static partial void LoopFailed(ILogger logger, Exception exception);

    [LoggerMessage(1302, LogLevel.Warning, "Check {Check} is flapping; its recovery is held down for {HoldDown}.")]
    public static partial void Flapping(ILogger logger, CheckKey check, TimeSpan holdDown);

    [LoggerMessage(1303, LogLevel.Information, "Check {Check} no longer flaps.")]
    public static partial void FlappingEnded(ILogger logger, CheckKey check);

    [LoggerMessage(1304, LogLevel.Warning, "Check {Check} has been critical for {After}: its service is to be deregistered.")]
    public static partial void DeregisterDue(ILogger logger, CheckKey check, TimeSpan after);

    [LoggerMessage(1305, LogLevel.Information, "Check {Check} is now {Status}: {Output}")]
    public static partial void StatusChanged(ILogger logger, CheckKey check, string status, string output);
}
