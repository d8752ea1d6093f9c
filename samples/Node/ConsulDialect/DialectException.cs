namespace Discovery.Node.ConsulDialect;

/// <summary>Command line or configuration cannot be used; the message is what Consul would say, and what the process prints.</summary>
internal sealed class DialectException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Several failures in the form that Consul gives them.</summary>
    public static DialectException Of(IReadOnlyCollection<string> failures) => new(List(failures));

    /// <summary>Failures of one file, in that form.</summary>
    public static DialectException InFile(string file, string text) => new($"failed to parse {file}: {text}");

    public static string List(IReadOnlyCollection<string> failures) =>
        $"{failures.Count} error{(failures.Count == 1 ? "" : "s")} occurred:\n{string.Concat(failures.Select(static f => $"\t* {f}\n"))}\n";
}
