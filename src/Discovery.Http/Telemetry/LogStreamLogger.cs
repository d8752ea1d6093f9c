using Microsoft.Extensions.Logging;

namespace Discovery.Telemetry;

/// <summary>The logger of one category.</summary>
internal sealed class LogStreamLogger(LogStream stream, string module) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => stream.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            stream.Write(module, logLevel, formatter(state, exception), exception);
        }
    }
}
