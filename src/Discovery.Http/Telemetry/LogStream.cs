using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery.Telemetry;

/// <summary>Hands what this library logs to those who listen over HTTP; never what the app around it logs.</summary>
/// <remarks>While nobody listens, no level is enabled: a log call costs what a disabled one does.</remarks>
internal sealed class LogStream(NodeRuntime runtime) : ILoggerProvider
{
    /// <summary>The categories that are streamed begin with this.</summary>
    public const string CategoryPrefix = "Discovery";

    private readonly Lock _lock = new();
    private ImmutableArray<LogReader> _readers = [];
    private int _least = (int)LogLevel.None;

    /// <summary>How many listen.</summary>
    public int ReaderCount => _readers.Length;

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith(CategoryPrefix, StringComparison.Ordinal)
            ? new LogStreamLogger(this, LogLine.ModuleOf(categoryName))
            : NullLogger.Instance;

    /// <summary>Begins to listen; dispose of the reader to stop.</summary>
    public LogReader Open(LogLevel level, LogFormat format)
    {
        var reader = new LogReader(this, level, format);
        lock (_lock)
        {
            Set(_readers.Add(reader));
        }

        return reader;
    }

    public void Close(LogReader reader)
    {
        lock (_lock)
        {
            Set(_readers.Remove(reader));
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (LogReader reader in _readers)
            {
                reader.End();
            }

            Set([]);
        }
    }

    public bool IsEnabled(LogLevel level) => (int)level >= Volatile.Read(ref _least) && level != LogLevel.None;

    public void Write(string module, LogLevel level, string message, Exception? exception)
    {
        DateTimeOffset now = runtime.Time.GetUtcNow();
        byte[]? text = null;
        byte[]? json = null;
        foreach (LogReader reader in _readers)
        {
            if (level >= reader.Level)
            {
                reader.Offer(reader.Format == LogFormat.Json
                    ? json ??= LogLine.Json(now, level, module, message, exception)
                    : text ??= LogLine.Text(now, level, module, message, exception));
            }
        }
    }

    private void Set(ImmutableArray<LogReader> readers)
    {
        _readers = readers;
        Volatile.Write(ref _least, readers.IsEmpty ? (int)LogLevel.None : (int)readers.Min(static reader => reader.Level));
    }
}
