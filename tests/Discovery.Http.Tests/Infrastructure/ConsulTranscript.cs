namespace Discovery.Infrastructure;

/// <summary>One request to the real Consul and what it answered.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query, as they were sent.</param>
/// <param name="Headers">Header lines.</param>
/// <param name="Body">The body; null for none.</param>
/// <param name="Reply">Status and headers, in one line.</param>
/// <param name="Text">The body of the reply.</param>
internal sealed record ConsulExchange(string Method, string Target, string Headers, string? Body, string Reply, string Text);

/// <summary>Reads what was written down of Consul's replies.</summary>
internal static class ConsulTranscript
{
    public static IReadOnlyList<ConsulExchange> Read(string name)
    {
        using Stream stream = typeof(ConsulTranscript).Assembly.GetManifestResourceStream($"Infrastructure.testdata.{name}")!;
        using var reader = new StreamReader(stream);
        var exchanges = new List<ConsulExchange>();
        foreach (string block in reader.ReadToEnd().Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] lines = [.. block.Split('\n').Where(static line => line.Length > 0 && line[0] != '#')];
            if (lines.Length > 0)
            {
                string[] head = lines[0].Split(' ', 2);
                string Lines(string mark) => string.Join('\n', lines.Where(line => line.StartsWith(mark, StringComparison.Ordinal))
                    .Select(line => line[mark.Length..]));
                string headers = Lines("@ ");
                exchanges.Add(new ConsulExchange(
                    head[0],
                    head[1],
                    headers.Length > 0 ? headers + "\r\n" : "",
                    Array.Exists(lines, static line => line.StartsWith("> ", StringComparison.Ordinal)) ? Lines("> ") : null,
                    Lines("= "),
                    Lines("|")));
            }
        }

        return exchanges;
    }
}
