using System.Reflection;

namespace Discovery.Architecture;

/// <summary>The packages that exist today, as assemblies.</summary>
internal static class BuiltPackages
{
    public static IEnumerable<string> Names =>
        Repository.Files.Where(file => file.Segments is ["src", _, var name] && name.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(file => file.Segments[1]);

    public static Assembly Load(string name) => Assembly.Load(name);
}
