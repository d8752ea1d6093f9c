using Microsoft.Extensions.Logging;

namespace Discovery.Runtime;

internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Warning, "Loop {Loop} failed; it starts again in {Delay}")]
    internal static partial void LoopRestarts(ILogger logger, string loop, TimeSpan delay, Exception exception);

    [LoggerMessage(1001, LogLevel.Error, "Loop {Loop} failed and is not started again")]
    internal static partial void LoopFailed(ILogger logger, string loop, Exception exception);

    [LoggerMessage(1002, LogLevel.Critical, "The node is faulted and refuses further work: {Reason}")]
    internal static partial void NodeFaulted(ILogger logger, string reason, Exception exception);

    [LoggerMessage(1003, LogLevel.Warning, "Loops {Loops} have not ended within {Timeout}; stopping goes on without them")]
    internal static partial void LoopsLeftBehind(ILogger logger, string loops, TimeSpan timeout);

    [LoggerMessage(1004, LogLevel.Error, "A callback threw while the {Token} token was cancelled")]
    internal static partial void CancellationCallbackFailed(ILogger logger, string token, Exception exception);

    [LoggerMessage(1005, LogLevel.Error, "File {File} is set aside, with .damaged after its name: {Reason}")]
    internal static partial void FileSetAside(ILogger logger, string file, string reason);
}
