namespace Discovery.Node.ConsulDialect;

/// <summary>Reads the files that a command line names.</summary>
internal static class ConfigFiles
{
    /// <summary>Files and fragments in the order in which they are laid over each other, decoded.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="warnings">Takes what was left out.</param>
    /// <exception cref="DialectException">A file cannot be read or used.</exception>
    public static IReadOnlyList<ConfigObject> Read(CommandLine line, ICollection<string> warnings)
    {
        List<ConfigObject> fragments = [];
        if (line.IsDev)
        {
            fragments.Add(Dev());
        }

        fragments.Add(line.Lists);
        foreach (string path in line.Paths)
        {
            foreach (string file in Expand(path))
            {
                string format = line.Format ?? Path.GetExtension(file).TrimStart('.');
                if (format is "json" or "hcl")
                {
                    fragments.Add(Decode(Path.GetFileName(file), format, Guarded(file, File.ReadAllText)));
                }
                else if (!Directory.Exists(path))
                {
                    warnings.Add($"skipping file {file}, extension must be .hcl or .json, or config format must be set");
                }
            }
        }

        fragments.Add(line.Values);
        fragments.AddRange(line.Fragments.Select(static (text, i) => Decode($"flags-{i}.hcl", "hcl", text)));
        return fragments;
    }

    private static ConfigObject Decode(string name, string format, string text) => text.Length == 0
        ? new ConfigObject()
        : Decoder.Decode(name, format == "json" ? JsonText.Parse(name, text) : HclReader.Parse(name, text), DialectTable.Root);

    // What -dev means; files and flags win over it.
    private static ConfigObject Dev() => new()
    {
        ["bind_addr"] = new ConfigText("127.0.0.1"),
        ["server"] = new ConfigBool(true),
        ["ui"] = new ConfigBool(true),
        ["log_level"] = new ConfigText("DEBUG"),
    };

    private static IEnumerable<string> Expand(string path)
    {
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? [path] : throw Missing(path, "no such file or directory");
        }

        return Guarded(path, Directory.GetFiles).Order(StringComparer.Ordinal);
    }

    private static T Guarded<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Missing(path, e is UnauthorizedAccessException ? "permission denied" : e.Message);
        }
    }

    private static DialectException Missing(string path, string why) => new($"config: Open failed on {path}. open {path}: {why}");
}
