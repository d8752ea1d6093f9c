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

    [LoggerMessage(1207, LogLevel.Error,
        "File {File} of the data directory is damaged or not of this program: it is set aside, with .damaged after its name")]
    public static partial void FileSetAside(ILogger logger, string file);

    [LoggerMessage(1208, LogLevel.Warning, "{Entry} of the data directory is not registered, and stays there: {Reason}")]
    public static partial void NotRestored(ILogger logger, string entry, string reason);

    [LoggerMessage(1209, LogLevel.Warning, "Check {Check} of the data directory goes: its service {Service} is not registered")]
    public static partial void CheckDropped(ILogger logger, string check, string service);

    [LoggerMessage(1210, LogLevel.Information, "{Services} services and {Checks} checks came back from the data directory")]
    public static partial void Restored(ILogger logger, int services, int checks);

    [LoggerMessage(1211, LogLevel.Error, "What left the agent could not be taken out of the data directory: {Reason}")]
    public static partial void NotForgotten(ILogger logger, string reason);

    [LoggerMessage(1212, LogLevel.Debug, "The directory above {Directory} could not be synced: {Reason}")]
    public static partial void ParentNotSynced(ILogger logger, string directory, string reason);

    [LoggerMessage(1213, LogLevel.Warning,
        "The catalog shows {Name} with another id, {Id}, which is no member of this cluster, as after the snapshot of another one was "
        + "restored: this node takes the name")]
    public static partial void NameTakenOver(ILogger logger, string name, string id);
}
