using Microsoft.Extensions.Logging;

namespace Discovery.Agent;

internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Warning,
        "The catalog could not be written ({Steps} entries are behind); the next try is in {Delay}: {Reason}")]
    public static partial void SyncFailed(ILogger logger, int steps, TimeSpan delay, string reason);

    [LoggerMessage(1201, LogLevel.Information, "The catalog shows again what this agent has.")]
    public static partial void SyncRecovered(ILogger logger);

    [LoggerMessage(1202, LogLevel.Warning, "The catalog refused to write {Entry}: {Reason}. It is tried again at the next comparison.")]
    public static partial void StepRefused(ILogger logger, string entry, string reason);

    [LoggerMessage(1203, LogLevel.Warning, "{Entry} belongs to the agent of node {Owner} in the catalog and is left alone.")]
    public static partial void Conflict(ILogger logger, string entry, string owner);

    [LoggerMessage(1204, LogLevel.Information, "Somebody changed entries of this agent in the catalog; {Steps} are written again.")]
    public static partial void Repairing(ILogger logger, int steps);

    [LoggerMessage(1205, LogLevel.Warning, "Service {Service} is deregistered: its check {Check} was critical for too long.")]
    public static partial void CriticalTooLong(ILogger logger, string service, string check);

    [LoggerMessage(1206, LogLevel.Warning, "The agent stopped before the catalog had taken its entries out: {Reason}")]
    public static partial void LeaveIncomplete(ILogger logger, string reason);
}
