using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Discovery.Packaging;

/// <summary>An app outside the repository that knows us by our packages only: that is how people meet us.</summary>
[Trait("Kind", "Packaging")]
[Collection(nameof(PackedPackages))]
public sealed partial class FreshAppTests(PackedPackages packages)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task App_ThatReferencesThePackages_BuildsAnswersAndStops()
    {
        string folder = await BuildAsync("App");
        AssertRestoredFromTheFeed(folder, "Discovery.Core");
        AssertRestoredFromTheFeed(folder, "Discovery.Http");
        (string address, string answer) = await AnswerAsync(folder, "/", "--urls", "http://127.0.0.1:0");
        Assert.Equal($"web is at {address}/", answer);
    }

    [Fact]
    public async Task ConsulApp_ThatReferencesThePackages_AnswersConsulsApi()
    {
        string folder = await BuildAsync("ConsulApp");
        AssertRestoredFromTheFeed(folder, "Discovery.Dns");
        (_, string answer) = await AnswerAsync(
            folder, "/v1/catalog/services", "--urls", "http://127.0.0.1:0", "--Discovery:Dns:Port=0");
        Assert.Equal("""{"consul":[],"mail":[],"web":[]}""", answer);
    }

    [Fact]
    public async Task KeyValueApp_ThatReferencesThePackages_KeepsValuesAndLocks()
    {
        string folder = await BuildAsync("KeyValueApp");
        AssertRestoredFromTheFeed(folder, "Discovery.KeyValue");
        (_, string answer) = await AnswerAsync(folder, "/", "--urls", "http://127.0.0.1:0");
        Assert.Equal("blue IndexStale True", answer);
    }

    [Fact]
    public async Task CustomModule_BuiltFromThePackages_WalksThroughAndEnds()
    {
        string folder = await BuildAsync("CustomModuleApp", Sample);
        AssertRestoredFromTheFeed(folder, "Discovery.Core");
        string said = await Tool.RunAsync(folder, "dotnet", "out/App.dll");
        string[] lines = [.. said.Split('\n').Select(static line => line.Trim()).Where(static line => !line.StartsWith("info:"))];
        Assert.Equal(
            [
                "acme is with anna",
                "core to anna: WorkerFull",
                "acme to berta: None; to carl: VersionStale, it is with berta",
                "berta has: acme",
                "moved: acme from anna to berta",
            ],
            lines.Where(static line => line.Length > 0 && !line.Contains("is ready at", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("ShardModule.cs")]
    [InlineData("ShardMap.cs")]
    [InlineData("Program.cs")]
    public void CoreReadme_Module_IsTheSample(string file)
    {
        string readme = File.ReadAllText(Path.Combine(PackedPackages.Root, "src", "Discovery.Core", "README.md"));
        Assert.Contains($"```csharp\n{File.ReadAllText(Path.Combine(Sample, file))}```", readme, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("README.md", "App")]
    [InlineData("README.md", "ConsulApp")]
    [InlineData("src/Discovery.Http/README.md", "App")]
    [InlineData("src/Discovery.Http/README.md", "ConsulApp")]
    [InlineData("src/Discovery.KeyValue/README.md", "KeyValueApp")]
    public void Readme_Program_IsTheOneThatIsTested(string path, string name)
    {
        string program = File.ReadAllText(Path.Combine(Template(name), "Program.cs"));
        string readme = File.ReadAllText(Path.Combine(PackedPackages.Root, path));
        Assert.Contains($"```csharp\n{program}```", readme, StringComparison.Ordinal);
    }

    private static string Sample => Path.Combine(PackedPackages.Root, "samples", "CustomModule");

    private static string Template(string name) =>
        Path.Combine(PackedPackages.Root, "tests", "Discovery.Packaging.Tests", "testdata", name);

    private async Task<string> BuildAsync(string name, string? sources = null)
    {
        string folder = Path.Combine(packages.Folder, name);
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(Template(name), "App.csproj"), Path.Combine(folder, "App.csproj"));
        foreach (string source in Directory.EnumerateFiles(sources ?? Template(name), "*.cs"))
        {
            File.Copy(source, Path.Combine(folder, Path.GetFileName(source)));
        }

        await WriteNuGetConfigAsync(folder);
        await Tool.RunAsync(
            folder, "dotnet", "build", "-c", "Release", "-o", "out", "-v", "q", "--nologo", $"-p:DiscoveryVersion={packages.Version}");
        return folder;
    }

    /// <summary>Our packages come from the feed only, into the app's own packages folder; others from this machine's sources.</summary>
    private async Task WriteNuGetConfigAsync(string folder)
    {
        string locals = await Tool.RunAsync(PackedPackages.Root, "dotnet", "nuget", "locals", "global-packages", "--list");
        string sources = await Tool.RunAsync(PackedPackages.Root, "dotnet", "nuget", "list", "source");
        string[] others = ["machine-packages", .. SourceName().Matches(sources).Select(match => match.Groups[1].Value)];
        new XElement("configuration",
            new XElement("config", Add("globalPackagesFolder", Path.Combine(folder, "packages"))),
            new XElement("packageSources",
                Add("discovery-feed", packages.Feed),
                Add("machine-packages", locals[(locals.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())),
            new XElement("packageSourceMapping",
                Mapping("discovery-feed", "Discovery.*"),
                others.Select(source => Mapping(source, "*"))))
            .Save(Path.Combine(folder, "nuget.config"));

        static XElement Add(string key, string value) => new("add", new XAttribute("key", key), new XAttribute("value", value));
        static XElement Mapping(string source, string pattern) =>
            new("packageSource", new XAttribute("key", source), new XElement("package", new XAttribute("pattern", pattern)));
    }

    private void AssertRestoredFromTheFeed(string folder, string name)
    {
        string file = $"{name}.{packages.Version}.nupkg";
        string restored = Path.Combine(folder, "packages", name.ToLowerInvariant(), packages.Version, file.ToLowerInvariant());
        Assert.Equal(File.ReadAllBytes(Path.Combine(packages.Feed, file)), File.ReadAllBytes(restored));
    }

    /// <summary>Runs the app on free ports, asks it once, stops it by the signal of a service manager and expects a clean end.</summary>
    private static async Task<(string Address, string Answer)> AnswerAsync(string folder, string path, params string[] arguments)
    {
        using CancellationTokenSource deadline = new(s_deadline);
        using Process app = Process.Start(Tool.Describe(folder, "dotnet", ["out/App.dll", .. arguments]))!;
        Task<string> errors = app.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            string address = await ListeningAsync(app.StandardOutput, deadline.Token);
            Task<string> rest = app.StandardOutput.ReadToEndAsync(deadline.Token);
            using HttpClient client = new();
            string answer = await client.GetStringAsync(address + path, deadline.Token);
            await Tool.RunAsync(folder, "kill", "-TERM", $"{app.Id}");
            await app.WaitForExitAsync(deadline.Token);
            Assert.Equal("", await errors);
            Assert.DoesNotContain("fail:", await rest, StringComparison.Ordinal);
            Assert.Equal(0, app.ExitCode);
            return (address, answer);
        }
        finally
        {
            if (!app.HasExited)
            {
                app.Kill(entireProcessTree: true);
            }
        }
    }

    private static async Task<string> ListeningAsync(StreamReader output, CancellationToken cancellationToken)
    {
        List<string> seen = [];
        string address = "";
        while (await output.ReadLineAsync(cancellationToken) is { } line)
        {
            seen.Add(line);
            if (Listening().Match(line) is { Success: true } match)
            {
                address = match.Groups[1].Value;
            }

            if (line.Contains("is ready at", StringComparison.Ordinal))
            {
                return address;
            }
        }

        Assert.Fail($"The app ended without listening:\n{string.Join('\n', seen)}");
        return "";
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"^\s*\d+\.\s+(.+?) \[Enabled\]", RegexOptions.Multiline)]
    private static partial Regex SourceName();
}
