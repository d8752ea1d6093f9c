using System.Globalization;
using System.Text;
using Discovery.Infrastructure;
using Microsoft.Extensions.Logging;

namespace Discovery.Telemetry;

/// <summary>One line of the log, as Consul writes it.</summary>
internal static class LogLine
{
    /// <summary>The module of a category: <c>Discovery.Agent.LocalAgent</c> is <c>agent</c>, the API <c>agent.http</c>.</summary>
    public static string ModuleOf(string category)
    {
        string[] parts = category.Split('.');
        string folder = parts.Length > 2 ? parts[1] : "";
#pragma warning disable CA1308 // Consul's modules are in lower case.
        return folder is "" or "Agent" ? "agent" : folder is "Infrastructure" ? "agent.http" : $"agent.{folder.ToLowerInvariant()}";
#pragma warning restore CA1308
    }

    /// <summary>Reads a level of a request; false for a word that is none.</summary>
    public static bool TryLevel(string word, out LogLevel level)
    {
        level = word.ToUpperInvariant() switch
        {
            "TRACE" => LogLevel.Trace,
            "DEBUG" => LogLevel.Debug,
            "" or "INFO" => LogLevel.Information,
            "WARN" => LogLevel.Warning,
            "ERR" or "ERROR" => LogLevel.Error,
            _ => LogLevel.None,
        };
        return level != LogLevel.None;
    }

    public static byte[] Text(DateTimeOffset at, LogLevel level, string module, string message, Exception? exception)
    {
        string head = level switch
        {
            LogLevel.Trace => "[TRACE]",
            LogLevel.Debug => "[DEBUG]",
            LogLevel.Information => "[INFO] ",
            LogLevel.Warning => "[WARN] ",
            _ => "[ERROR]",
        };
        string line = string.Create(
            CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {head} {module}: {message}{ErrorText(exception)}");

        // A line is a line, whatever was logged.
        return Encoding.UTF8.GetBytes(line.ReplaceLineEndings("\\n") + "\n");
    }

    public static byte[] Json(DateTimeOffset at, LogLevel level, string module, string message, Exception? exception)
    {
        string name = level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            _ => "error",
        };
        using var json = new JsonBuffer(512);
        json.Raw("{\"@level\":"u8).String(name).Raw(",\"@message\":"u8).String(message).Raw(",\"@module\":"u8).String(module);
        json.Raw(",\"@timestamp\":"u8).String(at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
        if (exception is not null)
        {
            json.Raw(",\"error\":"u8).String(exception.Message);
        }

        return [.. json.Raw("}\n"u8).Written];
    }

    private static string ErrorText(Exception? exception) => exception is null ? "" : $": error=\"{exception.Message}\"";
}
