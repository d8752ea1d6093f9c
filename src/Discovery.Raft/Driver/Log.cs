using Microsoft.Extensions.Logging;

namespace Discovery.Driver;

internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information,
        "The log is open: snapshot at {Snapshot}, entries to {Last}, term {Term}, {Milliseconds} ms; this server is {Self}")]
    internal static partial void Opened(ILogger logger, ulong snapshot, ulong last, ulong term, long milliseconds, string self);

    [LoggerMessage(3001, LogLevel.Information, "A new cluster begins with {Members}")]
    internal static partial void Bootstrapped(ILogger logger, string members);

    [LoggerMessage(3002, LogLevel.Information, "This server leads in term {Term}")]
    internal static partial void Leads(ILogger logger, long term);

    [LoggerMessage(3003, LogLevel.Information, "{Leader} leads in term {Term}")]
    internal static partial void Follows(ILogger logger, string leader, long term);

    [LoggerMessage(3004, LogLevel.Warning, "Nobody leads in term {Term}")]
    internal static partial void NobodyLeads(ILogger logger, long term);

    [LoggerMessage(3005, LogLevel.Critical, "This node takes no part in the log any more and refuses work: {Reason}")]
    internal static partial void Faulted(ILogger logger, string reason, Exception exception);

    [LoggerMessage(3006, LogLevel.Error, "The disk is full: {Reason}")]
    internal static partial void DiskFull(ILogger logger, string reason);

    [LoggerMessage(3007, LogLevel.Information, "The disk has room again")]
    internal static partial void DiskHasRoom(ILogger logger);

    [LoggerMessage(3008, LogLevel.Information, "Took a snapshot at {Index} in {Milliseconds} ms; the log begins after {Start}")]
    internal static partial void SnapshotTaken(ILogger logger, ulong index, long milliseconds, ulong start);

    [LoggerMessage(3009, LogLevel.Error, "No snapshot could be taken; the log grows until one can")]
    internal static partial void SnapshotFailed(ILogger logger, Exception exception);
}
