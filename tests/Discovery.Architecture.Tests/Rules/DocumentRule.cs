using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Discovery.Architecture.Rules;

/// <summary>What a document names between backticks exists: files, folders, projects, types and their members.</summary>
internal static partial class DocumentRule
{
    private static readonly string[] s_extensions = [".cs", ".md", ".sh", ".csproj", ".props", ".txt", ".sln", ".json", ".yml"];
    private static readonly string[] s_tops = ["src", "tests", "samples", "benchmarks", "docs", "eng", ".ci"];

    /// <summary>Paths and type names.</summary>
    /// <param name="document">The text to judge.</param>
    /// <param name="exists">Whether a path from the root exists.</param>
    /// <param name="types">The types declared in the repository, each with the names of its members.</param>
    /// <param name="isForeignType">Whether the platform has a public type of that name.</param>
    public static IEnumerable<string> Names(
        SourceFile document, Func<string, bool> exists, IReadOnlyDictionary<string, HashSet<string>> types,
        Func<string, bool> isForeignType)
    {
        foreach (string name in Quoted(document))
        {
            if (IsPath(name))
            {
                if (!exists(name.TrimEnd('/')))
                {
                    yield return $"{document.Path}: `{name}` does not exist";
                }
            }
            else if (TypeName().IsMatch(name) && !exists("src/" + name) && !exists("tests/" + name))
            {
                string[] parts = Generic().Replace(name, "").Split('.');
                bool known = types.TryGetValue(parts[0], out HashSet<string>? members)
                    ? parts.Length == 1 || members.Contains(parts[1])
                    : parts.Any(isForeignType);
                if (!known)
                {
                    yield return $"{document.Path}: `{name}` is no type or member";
                }
            }
        }
    }

    /// <summary>Paths below the known top folders only, for documents that also name things of a user's own.</summary>
    public static IEnumerable<string> Paths(SourceFile document, Func<string, bool> exists) =>
        from name in Quoted(document)
        where !name.Contains(' ', StringComparison.Ordinal) && s_tops.Contains(name.Split('/')[0], StringComparer.Ordinal)
        where name.Contains('/', StringComparison.Ordinal) && !exists(name.TrimEnd('/'))
        select $"{document.Path}: `{name}` does not exist";

    /// <summary>Links to files, relative to the document.</summary>
    public static IEnumerable<string> Links(SourceFile document, Func<string, bool> exists)
    {
        string folder = string.Join('/', document.Segments[..^1]);
        foreach (Match match in Link().Matches(document.Text))
        {
            string target = match.Groups[1].Value.Split('#')[0];
            if (target.Length > 0 && !target.Contains(':', StringComparison.Ordinal) && !exists(Path.Combine(folder, target)))
            {
                yield return $"{document.Path}: link to {target}, which does not exist";
            }
        }
    }

    /// <summary>Every type that the files declare, with the names of its members.</summary>
    public static IReadOnlyDictionary<string, HashSet<string>> Types(IEnumerable<SourceFile> files)
    {
        Dictionary<string, HashSet<string>> types = new(StringComparer.Ordinal);
        foreach (SyntaxNode node in files.Where(file => file.IsCSharp).SelectMany(file => file.Syntax.DescendantNodes()))
        {
            if (node is DelegateDeclarationSyntax function)
            {
                types.TryAdd(function.Identifier.Text, new(StringComparer.Ordinal));
            }
            else if (node is BaseTypeDeclarationSyntax type)
            {
                types.TryAdd(type.Identifier.Text, new(StringComparer.Ordinal));
                types[type.Identifier.Text].UnionWith(type.ChildNodes().SelectMany(MemberNames));
            }
        }

        return types;
    }

    private static IEnumerable<string> MemberNames(SyntaxNode member) => member switch
    {
        MethodDeclarationSyntax method => [method.Identifier.Text],
        PropertyDeclarationSyntax property => [property.Identifier.Text],
        EventDeclarationSyntax happening => [happening.Identifier.Text],
        EnumMemberDeclarationSyntax value => [value.Identifier.Text],
        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier.Text),
        BaseTypeDeclarationSyntax nested => [nested.Identifier.Text],
        ParameterListSyntax list => list.Parameters.Select(parameter => parameter.Identifier.Text),
        _ => [],
    };

    private static IEnumerable<string> Quoted(SourceFile document) =>
        Backticks().Matches(Fence().Replace(document.Text, "")).Select(match => match.Groups[1].Value);

    private static bool IsPath(string name) =>
        !name.Contains(' ', StringComparison.Ordinal) && !name.Contains('*', StringComparison.Ordinal) &&
        (s_tops.Contains(name.Split('/')[0], StringComparer.Ordinal) && name.Contains('/', StringComparison.Ordinal)
            || s_extensions.Contains(Path.GetExtension(name), StringComparer.Ordinal));

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Backticks();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^[A-Z][a-zA-Z0-9]*[a-z][a-zA-Z0-9]*(<[\w, ]+>)?(\.[A-Z]\w*)*$")]
    private static partial Regex TypeName();

    [GeneratedRegex("<.*>")]
    private static partial Regex Generic();
}
