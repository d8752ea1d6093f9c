using System.Globalization;
using System.Text;
using Discovery.Node.ConsulDialect;

namespace Discovery.Node.Hosting;

/// <summary>Writes log lines to standard output in Consul's form: time in UTC, level, source, message.</summary>
internal sealed class ConsulLogger(TimeProvider time, Stream output) : ILoggerProvider
{
    private readonly Lock _lock = new();

    /// <summary>The lowest level that is written.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;

    public ILogger CreateLogger(string categoryName) => new Source(this, NameOf(categoryName));

    /// <summary>Writes a line that belongs to no log: what Consul marks by an arrow, and what explains it.</summary>
    public void WriteLine(string text)
    {
        lock (_lock)
        {
            output.Write(Encoding.UTF8.GetBytes(text + "\n"));
            output.Flush();
        }
    }

    /// <summary>Writes a line of the agent.</summary>
    public void Write(LogLevel level, string message)
    {
        if (level >= Level)
        {
            Write(level, "agent", message);
        }
    }

    public void Dispose()
    {
    }

    internal static string NameOf(string category)
    {
        string[] parts = category.Split('.');
        return parts switch
        {
            ["Discovery", "Dns", ..] => "agent.dns",
            ["Discovery", "Http", ..] => "agent.http",
            ["Discovery", ..] => "agent",
            ["Microsoft", "AspNetCore", ..] => "agent.http",
            _ => "agent.host",
        };
    }

    private void Write(LogLevel level, string source, string message)
    {
        string name = level switch
        {
            LogLevel.Trace => "[TRACE]",
            LogLevel.Debug => "[DEBUG]",
            LogLevel.Information => "[INFO] ",
            LogLevel.Warning => "[WARN] ",
            _ => "[ERROR]",
        };
        string moment = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        WriteLine($"    {moment} {name} {source}: {message}");
    }

    private sealed class Source(ConsulLogger owner, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= owner.Level && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                string message = formatter(state, exception);
                bool saysIt = exception is null || message.Contains(exception.Message, StringComparison.Ordinal);
                owner.Write(logLevel, name, OwnKeys.Spoken(saysIt ? message : $"{message}: error=\"{exception!.Message}\""));
            }
        }
    }
}
