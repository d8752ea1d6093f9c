using System.Net;
using Microsoft.Extensions.Logging;

namespace Discovery.Rpc;

/// <summary>The log messages of calls between nodes: event ids 1700 to 1749.</summary>
internal static partial class Log
{
    [LoggerMessage(1700, LogLevel.Information, "Calls of other nodes are answered at {Endpoint}")]
    internal static partial void Listening(ILogger logger, IPEndPoint endpoint);

    [LoggerMessage(1701, LogLevel.Error, "The RPC listener {Endpoint} has ended; restart the app")]
    internal static partial void ListenerEnded(ILogger logger, IPEndPoint endpoint, Exception exception);

    [LoggerMessage(1702, LogLevel.Warning, "A connection of a node could not be accepted at {Endpoint}; trying again")]
    internal static partial void AcceptFailed(ILogger logger, IPEndPoint endpoint, Exception exception);

    [LoggerMessage(1703, LogLevel.Warning,
        "A connection from {Remote} is closed: its first byte is {Protocol}, {Meaning} ({Count} since the last line of this kind)")]
    internal static partial void UnknownProtocol(ILogger logger, IPEndPoint remote, byte protocol, string meaning, long count);

    [LoggerMessage(1704, LogLevel.Warning,
        "A connection from {Remote} is closed: it has said nothing within {Timeout} ({Count} since the last line of this kind)")]
    internal static partial void HandshakeTimedOut(ILogger logger, IPEndPoint remote, TimeSpan timeout, long count);

    [LoggerMessage(1705, LogLevel.Warning,
        "A connection from {Remote} is closed: {Option} is {Limit} ({Count} since the last line of this kind)")]
    internal static partial void TooManyConnections(ILogger logger, IPEndPoint remote, string option, int limit, long count);

    [LoggerMessage(1706, LogLevel.Error, "Serving a connection of protocol {Protocol} failed ({Count} since the last line of this kind)")]
    internal static partial void ConnectionFailed(ILogger logger, string protocol, long count, Exception exception);

    [LoggerMessage(1707, LogLevel.Error, "Call {Method} of another node failed ({Count} since the last line of this kind)")]
    internal static partial void CallFailed(ILogger logger, string method, long count, Exception exception);

    [LoggerMessage(1708, LogLevel.Warning, "The session of {Remote} has ended: {Reason} ({Count} since the last line of this kind)")]
    internal static partial void SessionFailed(ILogger logger, IPEndPoint remote, string reason, long count);
}
