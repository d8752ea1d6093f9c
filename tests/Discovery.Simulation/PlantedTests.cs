using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Discovery.Simulation;

/// <summary>eng/planted.sh shows that every planted bug is caught; it cannot if a patch no longer applies.</summary>
public sealed class PlantedTests
{
    public static TheoryData<string> Patches() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Here(), "planted"), "*.patch", SearchOption.AllDirectories)
            .Select(static file => Path.GetRelativePath(Path.Combine(Here(), "planted"), file)).Order(StringComparer.Ordinal),
    ];

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

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
