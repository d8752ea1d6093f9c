using Microsoft.Extensions.Logging;

namespace Discovery.Snapshots;

/// <summary>The log messages of saving and restoring the state: event ids 1650 to 1699.</summary>
internal static partial class Log
{
    [LoggerMessage(
        1650, LogLevel.Warning,
        "Snapshot {Id}, of index {SnapshotIndex}, is read to replace the state of the cluster; asked for by {Caller}")]
    public static partial void Restoring(ILogger logger, string id, ulong snapshotIndex, string caller);

    [LoggerMessage(1651, LogLevel.Warning, "The state of the cluster was replaced by snapshot {Id} at index {Index}")]
    public static partial void Restored(ILogger logger, string id, ulong index);

    [LoggerMessage(1652, LogLevel.Warning, "The state of the cluster was not replaced by a snapshot: {Reason}")]
    public static partial void NotRestored(ILogger logger, string reason);
}
