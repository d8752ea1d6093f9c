namespace Discovery.Architecture;

/// <summary>The files of this repository, without build outputs, in ordinal order of their paths.</summary>
internal static class Repository
{
    private static readonly string[] s_kinds = [".cs", ".csproj", ".props", ".targets", ".sln", ".md", ".txt", ".sh"];
    private static readonly string s_root = FindRoot();
    private static readonly Lazy<IReadOnlyList<SourceFile>> s_files = new(() => Read(s_root));

    public static string Root => s_root;

    public static IReadOnlyList<SourceFile> Files => s_files.Value;

    public static IEnumerable<SourceFile> CSharp(params string[] folders) =>
        Files.Where(file => file.IsCSharp && folders.Any(file.IsUnder));

    public static bool Exists(string path) =>
        File.Exists(Path.Combine(Root, path)) || Directory.Exists(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Discovery.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    private static List<SourceFile> Read(string root)
    {
        List<SourceFile> files = [];
        Add(new DirectoryInfo(root), "");
        files.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        return files;

        void Add(DirectoryInfo folder, string prefix)
        {
            foreach (FileInfo file in folder.EnumerateFiles())
            {
                if (s_kinds.Contains(file.Extension, StringComparer.Ordinal))
                {
                    files.Add(new SourceFile(prefix + file.Name, File.ReadAllText(file.FullName)));
                }
            }

            foreach (DirectoryInfo child in folder.EnumerateDirectories())
            {
                if (child.Name is not ("bin" or "obj" or "artifacts" or "TestResults") && !child.Name.StartsWith('.'))
                {
                    Add(child, $"{prefix}{child.Name}/");
                }
            }
        }
    }
}
