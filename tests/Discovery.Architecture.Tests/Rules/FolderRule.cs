namespace Discovery.Architecture.Rules;

/// <summary>Source lies in the folders of the table, at most two levels below its package.</summary>
internal static class FolderRule
{
    public static IEnumerable<string> Violations(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files.Where(file => file.IsCSharp && file.IsUnder("src")))
        {
            string[] segments = file.Segments;
            string[]? allowed = segments[1] == "Shared" ? Package.SharedFolders : Package.Find(segments[1])?.Folders;
            if (allowed is null)
            {
                yield return $"{file.Path}: {segments[1]} is not in the table of packages";
            }
            else if (segments.Length == 3)
            {
                yield return $"{file.Path}: source lies in a folder of its package";
            }
            else if (segments.Length > 5)
            {
                yield return $"{file.Path}: more than two folder levels below the package";
            }
            else if (!allowed.Contains(segments[2], StringComparer.Ordinal))
            {
                yield return $"{file.Path}: {segments[2]} is not a folder of {segments[1]}";
            }
        }
    }
}
