using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Discovery.Simulation;

/// <summary>eng/planted.sh shows that every planted bug is caught; it cannot if a patch no longer applies.</summary>
public sealed class PlantedTests
{
    public static TheoryData<string> Patches() => [.. Files()];

    [Theory]
    [MemberData(nameof(Patches))]
    public void Patch_OfThisTree_StillApplies(string name)
    {
        var start = new ProcessStartInfo("git", ["apply", "--check", Path.Combine(Here(), "planted", name)])
        {
            WorkingDirectory = Path.GetFullPath(Path.Combine(Here(), "..", "..")),
            RedirectStandardError = true,
        };
        using Process git = Process.Start(start)!;
        string trouble = git.StandardError.ReadToEnd();
        git.WaitForExit();
        Assert.Equal("", trouble);
        Assert.Equal(0, git.ExitCode);
    }

    [Fact]
    public void Seeds_ThatAreWrittenDown_AreOfEveryPatch()
    {
        IEnumerable<string> patches = Files().Select(static name => Path.GetFileNameWithoutExtension(name));
        string[] lines = File.ReadAllLines(Path.Combine(Here(), "planted", "seeds.txt"));
        Assert.Equal(patches.Order(StringComparer.Ordinal), lines.Select(static line => line.Split(' ')[0]));
    }

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Path.Combine(Here(), "planted"), "*.patch", SearchOption.AllDirectories)
            .Select(static file => Path.GetRelativePath(Path.Combine(Here(), "planted"), file)).Order(StringComparer.Ordinal);

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
