namespace Discovery.Peers.Processes;

/// <summary>The programs of others that these tests need; eng/peers.sh brings them.</summary>
internal static class Peer
{
    public static string? Consul => Unpacked("CONSUL", "consul/usr/bin/consul");

    public static string? Prometheus => Unpacked("PROMETHEUS", "prometheus/usr/bin/prometheus");

    public static string? HAProxy => OnPath("haproxy");

    public static string? Python => OnPath("/usr/bin/python3");

    public static string? Node => OnPath("node");

    /// <summary>The folder with npm's consul client below node_modules.</summary>
    public static string? NpmConsul =>
        Cached("npm-consul") is { } folder && Directory.Exists(Path.Combine(folder, "node_modules", "consul")) ? folder : null;

    /// <summary>Skips the test where the peer is missing, and fails it where it may not be.</summary>
    public static string Require(string? path, string name)
    {
        if (path is null)
        {
            Missing($"needs {name}: eng/peers.sh installs it");
        }

        return path!;
    }

    public static void Missing(string text)
    {
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", text);
        Skip.If(true, text);
    }

    private static string? Unpacked(string variable, string path) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } told ? told
        : Cached(path) is { } file && File.Exists(file) ? file
        : null;

    private static string Cached(string path) => Path.Combine(
        Environment.GetEnvironmentVariable("DISCOVERY_PEERS") is { Length: > 0 } told
            ? told : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "discovery-peers"),
        path);

    private static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
