using Microsoft.Extensions.Logging;

namespace Discovery.Infrastructure;

/// <summary>The log messages of the HTTP API: event ids 6050 to 6099.</summary>
internal static partial class Log
{
    [LoggerMessage(6050, LogLevel.Error, "{Method} {Path} failed unexpectedly")]
    public static partial void HandlerFailed(ILogger logger, string method, string? path, Exception exception);

    [LoggerMessage(6051, LogLevel.Debug, "Request finished: method={Method} url={Url} from={From} latency={Latency}")]
    public static partial void RequestFinished(ILogger logger, string method, string url, string from, string latency);
}
