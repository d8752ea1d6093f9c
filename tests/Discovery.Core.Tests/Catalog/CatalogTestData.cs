using Discovery.Health;

namespace Discovery.Catalog;

/// <summary>Runs the scripts under testdata/: lines that begin with two blanks are what the line above them gave.</summary>
internal static class CatalogTestData
{
    public static void Check(string name, Func<string, IEnumerable<string>> run)
    {
        string path = HealthTestData.PathOf(Path.Combine("..", "Catalog", "testdata", name));
        string text = File.ReadAllText(path);
        var produced = new List<string>();
        foreach (string line in text.Split('\n').Where(static line => !line.StartsWith("  ", StringComparison.Ordinal)))
        {
            produced.Add(line);
            if (line.Length > 0 && line[0] != '#')
            {
                produced.AddRange(run(line).Select(static one => "  " + one));
            }
        }

        string result = string.Join('\n', produced);
        if (HealthTestData.Rewrite)
        {
            File.WriteAllText(path, result);
        }

        Assert.Equal(File.ReadAllText(path), result);
    }
}
