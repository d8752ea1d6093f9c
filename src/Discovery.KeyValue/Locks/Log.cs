using Microsoft.Extensions.Logging;

namespace Discovery.Locks;

/// <summary>Events 2200 to 2299.</summary>
internal static partial class Log
{
    [LoggerMessage(2200, LogLevel.Warning, "Session {Session} could not be renewed; it lasts {Remaining} more: {Reason}")]
    public static partial void RenewalFailed(ILogger logger, Guid session, TimeSpan remaining, string reason);

    [LoggerMessage(2201, LogLevel.Warning, "Session {Session} could not be released and ends with its lease: {Reason}")]
    public static partial void ReleaseFailed(ILogger logger, Guid session, string reason);

    [LoggerMessage(2202, LogLevel.Warning, "Lock {Key}, acquired at {AcquireIndex}, was taken away")]
    public static partial void LockTaken(ILogger logger, KeyValueKey key, ulong acquireIndex);

    [LoggerMessage(2203, LogLevel.Warning, "Lock {Key} could not be asked for and is tried again until it can: {Reason}")]
    public static partial void AcquireFailed(ILogger logger, KeyValueKey key, string reason);

    [LoggerMessage(2204, LogLevel.Information, "{Service} leads, acquired at {AcquireIndex}")]
    public static partial void Leads(ILogger logger, string service, ulong acquireIndex);

    [LoggerMessage(2205, LogLevel.Information, "{Service} leads no more")]
    public static partial void LeadsNoMore(ILogger logger, string service);

    [LoggerMessage(2206, LogLevel.Error, "{Service} failed while it led")]
    public static partial void ServiceFailed(ILogger logger, string service, Exception failure);

    [LoggerMessage(2207, LogLevel.Critical, "{Service} was told to stop and still runs; its lease is over and another node may lead")]
    public static partial void OverrunsLease(ILogger logger, string service);

    [LoggerMessage(2208, LogLevel.Error, "What is called when a lock is lost failed")]
    public static partial void LostCallbackFailed(ILogger logger, Exception failure);

    [LoggerMessage(2209, LogLevel.Error, "{Service} failed when it was told to stop")]
    public static partial void StopCallbackFailed(ILogger logger, string service, Exception failure);
}
