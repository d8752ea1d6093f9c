using Microsoft.Extensions.Logging;

namespace Discovery.Driver;

internal static partial class Log
{
    [LoggerMessage(3006, LogLevel.Error, "The disk is full: {Reason}")]
    internal static partial void DiskFull(ILogger logger, string reason);

    [LoggerMessage(3007, LogLevel.Information, "The disk has room again")]
    internal static partial void DiskHasRoom(ILogger logger);

    [LoggerMessage(3008, LogLevel.Information, "Took a snapshot at {Index} in {Milliseconds} ms; the log begins after {Start}")]
    internal static partial void SnapshotTaken(ILogger logger, ulong index, long milliseconds, ulong start);

    [LoggerMessage(3009, LogLevel.Error, "No snapshot could be taken; the log grows until one can")]
    internal static partial void SnapshotFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        3010,
        LogLevel.Information,
        "Nothing of the leader {Leader} was read for {Milliseconds} ms, and more of it is here: this server is behind with reading")]
    internal static partial void LeaderUnread(ILogger logger, string? leader, long milliseconds);
}
