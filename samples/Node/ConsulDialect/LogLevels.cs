namespace Discovery.Node.ConsulDialect;

/// <summary>Consul's names of log levels.</summary>
internal static class LogLevels
{
    /// <exception cref="DialectException">There is no such level.</exception>
    public static LogLevel Parse(string name) => name.ToUpperInvariant() switch
    {
        "" or "INFO" => LogLevel.Information,
        "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "WARN" => LogLevel.Warning,
        "ERR" or "ERROR" => LogLevel.Error,
        _ => throw new DialectException($"Invalid log level: {name}. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]"),
    };
}
