namespace Discovery.Node.ConsulDialect;

/// <summary>What Consul 1.8.7 answered, as testdata/consul-1.8.7/record.py wrote it down.</summary>
internal static class Recorded
{
    public static string Folder { get; } = Path.GetFullPath("../../../testdata", AppContext.BaseDirectory);

    /// <summary>The text of each file.</summary>
    public static IReadOnlyDictionary<string, string> Cases { get; } = Read("cases.txt");

    /// <summary>What was said of it; the first line of each is the exit code.</summary>
    public static IReadOnlyDictionary<string, string> Answers { get; } = Read("answers.txt");

    /// <summary>The keys that Consul knows, with their types.</summary>
    public static IReadOnlyDictionary<string, string> Schema { get; } =
        File.ReadLines(Path.Combine(Folder, "consul-1.8.7", "schema.txt")).Select(static line => line.Split(' ', 2))
            .ToDictionary(static parts => parts[0], static parts => parts[1], StringComparer.Ordinal);

    private static SortedDictionary<string, string> Read(string file)
    {
        var made = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string text = "\n" + File.ReadAllText(Path.Combine(Folder, "consul-1.8.7", file));
        foreach (string part in text.Split("\n=== ").Skip(1))
        {
            int end = part.IndexOf('\n', StringComparison.Ordinal);
            string[] head = part[..end].Split(' ');
            made[head[0]] = head.Length > 1 ? $"{head[1]}\n{part[(end + 1)..]}" : part[(end + 1)..] + "\n";
        }

        return made;
    }
}
