using System.Reflection;

namespace Discovery.Packaging;

/// <summary>The packages of this repository, packed once by eng/pack.sh into a folder outside it.</summary>
[CollectionDefinition(nameof(PackedPackages))]
public sealed class PackedPackages : IAsyncLifetime, ICollectionFixture<PackedPackages>
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public string Folder { get; } = Directory.CreateTempSubdirectory("discovery-packaging-").FullName;

    public string Feed => Path.Combine(Folder, "feed");

    public string Version { get; private set; } = "";

    public async Task InitializeAsync()
    {
        string configuration = typeof(PackedPackages).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        await Tool.RunAsync(Root, "bash", "eng/pack.sh", Feed, "--no-build", "-c", configuration);
        string core = Path.GetFileName(Directory.EnumerateFiles(Feed, "Discovery.Core.*.nupkg").Single());
        Version = core["Discovery.Core.".Length..^".nupkg".Length];
    }

    public Task DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return Task.CompletedTask;
    }

    private static string FindRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Discovery.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder.FullName;
    }
}
