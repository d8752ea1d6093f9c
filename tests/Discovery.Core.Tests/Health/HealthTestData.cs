namespace Discovery.Health;

/// <summary>Finds and rewrites the tables under testdata/.</summary>
internal static class HealthTestData
{
    public static bool Rewrite => Environment.GetEnvironmentVariable("REWRITE") == "1";

    public static string PathOf(string name)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Discovery.sln")))
        {
            folder = folder.Parent;
        }

        Assert.NotNull(folder);
        return Path.Combine(folder.FullName, "tests", "Discovery.Core.Tests", "testdata", name);
    }

    /// <summary>Compares what was produced with the file, or writes it when REWRITE=1.</summary>
    public static void Check(string name, IEnumerable<string> produced)
    {
        string text = string.Join('\n', produced) + "\n";
        if (Rewrite)
        {
            File.WriteAllText(PathOf(name), text);
        }

        Assert.Equal(File.ReadAllText(PathOf(name)), text);
    }

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>Reads <c>name=value</c> words into a definition and options.</summary>
    public static (CheckDefinition Definition, HealthOptions Options) ParseSettings(string words)
    {
        var definition = new CheckDefinition { Http = "http://127.0.0.1:1/", Interval = Seconds(10) };
        var options = new HealthOptions { OutputUpdateInterval = TimeSpan.FromDays(1), FlapThreshold = 0 };
        foreach (string word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = word.Split('=');
            switch (pair[0])
            {
                case "initial": definition.Status = Enum.Parse<CheckStatus>(pair[1], ignoreCase: true); break;
                case "success": definition.SuccessBeforePassing = int.Parse(pair[1]); break;
                case "warning": definition.FailuresBeforeWarning = int.Parse(pair[1]); break;
                case "critical": definition.FailuresBeforeCritical = int.Parse(pair[1]); break;
                case "interval": definition.Interval = Seconds(double.Parse(pair[1])); break;
                case "deregister": definition.DeregisterCriticalServiceAfter = Seconds(double.Parse(pair[1])); break;
                case "threshold": options.FlapThreshold = int.Parse(pair[1]); break;
                case "window": options.FlapWindow = Seconds(double.Parse(pair[1])); break;
                case "hold": options.FlapHoldDown = Seconds(double.Parse(pair[1])); break;
                case "holdmax": options.FlapHoldDownMax = Seconds(double.Parse(pair[1])); break;
                case "output": options.OutputUpdateInterval = Seconds(double.Parse(pair[1])); break;
                case "ttl":
                    definition = new CheckDefinition { Ttl = Seconds(double.Parse(pair[1])), Status = definition.Status };
                    break;
                default: throw new FormatException($"unknown setting {word}");
            }
        }

        return (definition, options);
    }

    public static CheckStatus Status(char letter) => letter switch
    {
        'p' => CheckStatus.Passing,
        'w' => CheckStatus.Warning,
        'c' => CheckStatus.Critical,
        _ => throw new FormatException($"unknown result {letter}"),
    };

    public static char Letter(CheckStatus status) => "pwc"[(int)status];

    /// <summary>Expands <c>ppc*3 w</c> to its letters: a group and how often.</summary>
    public static string Expand(string results) => string.Concat(
        results.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static group =>
        {
            string[] parts = group.Split('*');
            return string.Concat(Enumerable.Repeat(parts[0], parts.Length > 1 ? int.Parse(parts[1]) : 1));
        }));
}
