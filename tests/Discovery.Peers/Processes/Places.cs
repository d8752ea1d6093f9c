namespace Discovery.Peers.Processes;

/// <summary>Where this repository and its build lie.</summary>
internal static class Places
{
    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of this project's tables, in the source tree: they are read there and rewritten there.</summary>
    public static string TestData { get; } = Path.Combine(Root, "tests", "Discovery.Peers", "testdata");

    /// <summary>The built stand-in for a Consul process, of the same configuration as this test.</summary>
    public static string DiscoveryNode { get; } =
        Path.Combine(Root, "samples", "Node", "bin", Configuration(), "net10.0", "discovery-node");

    public static bool Rewrite => Environment.GetEnvironmentVariable("REWRITE") == "1";

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Discovery.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("no Discovery.sln above " + AppContext.BaseDirectory);
    }

    private static string Configuration() =>
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Debug{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            ? "Debug" : "Release";
}
