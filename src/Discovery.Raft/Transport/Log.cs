using System.Net;
using Microsoft.Extensions.Logging;

namespace Discovery.Transport;

/// <summary>The log messages of connections between servers: event ids 3200 to 3249.</summary>
internal static partial class Log
{
    [LoggerMessage(3200, LogLevel.Information, "Connected to server {Name} at {Address} for {Purpose}")]
    internal static partial void Connected(ILogger logger, string name, PeerAddress address, Purpose purpose);

    [LoggerMessage(3201, LogLevel.Warning, "Server {Name} is not reached for {Purpose}: {Reason}. It is tried again while it is needed")]
    internal static partial void Unreached(ILogger logger, string name, Purpose purpose, string reason);

    [LoggerMessage(3202, LogLevel.Information, "The connection to server {Name} for {Purpose} has ended: {Reason}")]
    internal static partial void Ended(ILogger logger, string name, Purpose purpose, string reason);

    [LoggerMessage(3203, LogLevel.Warning,
        "A server's connection from {Remote} is refused: {Reason} ({Count} since the last line of this kind)")]
    internal static partial void Refused(ILogger logger, IPEndPoint remote, string reason, long count);

    [LoggerMessage(3204, LogLevel.Warning,
        "A server's connection from {Remote} is closed: it has not said hello within {Timeout} ({Count} since the last line of this kind)")]
    internal static partial void HelloTimedOut(ILogger logger, IPEndPoint remote, TimeSpan timeout, long count);

    [LoggerMessage(3205, LogLevel.Information, "The connection from server {Name} for {Purpose} has ended: {Reason}")]
    internal static partial void IncomingEnded(ILogger logger, string name, Purpose purpose, string reason);

    [LoggerMessage(3206, LogLevel.Error, "A connection to server {Name} for {Purpose} has failed")]
    internal static partial void Failed(ILogger logger, string name, Purpose purpose, Exception exception);

    [LoggerMessage(3207, LogLevel.Error, "A proposal that server {Name} forwarded has failed")]
    internal static partial void ProposalFailed(ILogger logger, string name, Exception exception);

    [LoggerMessage(3208, LogLevel.Error, "A snapshot from server {Name} was not taken")]
    internal static partial void SnapshotFailed(ILogger logger, string name, Exception exception);

    [LoggerMessage(3209, LogLevel.Debug, "Server {Name} has connected from {Remote} for {Purpose}")]
    internal static partial void Accepted(ILogger logger, string name, IPEndPoint remote, Purpose purpose);

    [LoggerMessage(3210, LogLevel.Error, "A message of {Bytes} bytes for server {Name} is larger than {Limit} and cannot be sent")]
    internal static partial void TooLarge(ILogger logger, string name, long bytes, int limit);
}
