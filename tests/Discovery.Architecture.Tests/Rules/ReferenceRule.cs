using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Discovery.Architecture.Rules;

/// <summary>References between packages go down only, and nobody but tests sees the internals of a package.</summary>
internal static class ReferenceRule
{
    /// <summary>Project files under src/: project, package and framework references against the table.</summary>
    public static IEnumerable<string> Projects(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files.Where(file => file.IsUnder("src") && file.Name.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            if (Package.Of(file) is not { } package)
            {
                yield return $"{file.Path}: not in the table of packages";
                continue;
            }

            foreach ((string kind, string include) in Items(file))
            {
                string name = include.Replace('\\', '/').Split('/')[^1].Replace(".csproj", "", StringComparison.Ordinal);
                bool allowed = kind switch
                {
                    "ProjectReference" => package.References.Contains(name, StringComparer.Ordinal),
                    "PackageReference" =>
                        package.Name != "Discovery.Http" && name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal),
                    "FrameworkReference" => package.Name == "Discovery.Http" && name == "Microsoft.AspNetCore.App",
                    "InternalsVisibleTo" => false,
                    _ => true,
                };
                if (!allowed)
                {
                    yield return $"{file.Path}: {kind} {name} is not allowed";
                }
            }
        }
    }

    /// <summary>Samples are users: they compile no source of a package.</summary>
    public static IEnumerable<string> Samples(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsUnder("samples") && file.Name.EndsWith(".csproj", StringComparison.Ordinal)
        from item in Items(file)
        where item.Kind == "Compile" && item.Include.Contains("src", StringComparison.Ordinal)
        select $"{file.Path}: a sample compiles {item.Include}; it may only use the public surface";

    /// <summary>What a built package really refers to.</summary>
    public static IEnumerable<string> Assembly(string name, IEnumerable<string> referenced) =>
        from other in referenced
        where other.StartsWith("Discovery.", StringComparison.Ordinal)
        where Package.Find(name) is not { } package || !package.References.Contains(other, StringComparer.Ordinal)
        select $"{name} refers to {other}";

    /// <summary>Whom a built package lets see its internals: its own tests, the shared test kit and the benchmarks.</summary>
    public static IEnumerable<string> Friends(string name, IEnumerable<string> friends) =>
        from friend in friends
        where friend != name + ".Tests"
        where friend is not ("Discovery.Testing" or "Discovery.Testing.Tests" or "Discovery.Simulation" or "Discovery.Benchmarks")
        select $"{name} shows its internals to {friend}";

    public static IEnumerable<string> Friends(Assembly assembly) => Friends(
        assembly.GetName().Name!, assembly.GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName));

    /// <summary>A project that is missing from the solution is neither built nor tested by eng/.</summary>
    public static IEnumerable<string> Solution(IEnumerable<SourceFile> files)
    {
        SourceFile[] all = [.. files];
        string solution = all.Single(file => file.Path == "Discovery.sln").Text.Replace('\\', '/');
        return from file in all
               where file.Name.EndsWith(".csproj", StringComparison.Ordinal)
               where !file.Segments.Contains("testdata", StringComparer.Ordinal)
               where !solution.Contains($"\"{file.Path}\"", StringComparison.Ordinal)
               select $"{file.Path}: not in Discovery.sln";
    }

    private static IEnumerable<(string Kind, string Include)> Items(SourceFile file) =>
        from item in XDocument.Parse(file.Text).Descendants()
        where item.Parent?.Name.LocalName == "ItemGroup"
        let include = (string?)item.Attribute("Include")
        where include is not null
        select (item.Name.LocalName, include);
}
