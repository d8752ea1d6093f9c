using Microsoft.Extensions.Logging;

namespace Discovery.Server;

/// <summary>The log messages of the DNS server: event ids 5000 to 5049.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Information, "DNS is answered at {Endpoints} for {Domain}")]
    internal static partial void Listening(ILogger logger, string endpoints, string domain);

    [LoggerMessage(5001, LogLevel.Error, "The DNS listener {Endpoint} has ended; restart the app")]
    internal static partial void ListenerEnded(ILogger logger, string endpoint, Exception exception);

    [LoggerMessage(5002, LogLevel.Error, "A DNS query could not be answered ({Count} since the last line of this kind)")]
    internal static partial void AnswerFailed(ILogger logger, long count, Exception exception);

    [LoggerMessage(5003, LogLevel.Warning, "Recursor {Recursor} does not answer: {Reason} ({Count} since the last line of this kind)")]
    internal static partial void RecursorFailed(ILogger logger, string recursor, string reason, long count);

    [LoggerMessage(5004, LogLevel.Warning,
        "Recursor {Recursor} is this server itself and is left out; take it out of Discovery:Dns:Recursors")]
    internal static partial void RecursorIsSelf(ILogger logger, string recursor);

    [LoggerMessage(5005, LogLevel.Warning, "A DNS connection could not be accepted at {Endpoint}; trying again")]
    internal static partial void AcceptFailed(ILogger logger, string endpoint, Exception exception);
}
