using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Discovery.Architecture.Rules;

/// <summary>The core knows no word of the dialect that samples/Node translates from Consul's configuration.</summary>
internal static partial class DialectRule
{
    private const string Table = "samples/Node/ConsulDialect/DialectTable";

    public static IEnumerable<string> Violations(IEnumerable<SourceFile> files)
    {
        SourceFile[] all = [.. files.Where(static file => file.IsCSharp)];
        HashSet<string> words = Words(all);
        return from file in all
               where file.IsUnder("src/Discovery.Core")
               from literal in Literals(file)
               where words.Contains(literal.Token.ValueText)
               select file.At(literal, $"\"{literal.Token.ValueText}\" is a word of Consul's configuration");
    }

    /// <summary>The keys of the table that are no plain words.</summary>
    public static HashSet<string> Words(IEnumerable<SourceFile> files) => files
        .Where(static file => file.Path.StartsWith(Table, StringComparison.Ordinal))
        .SelectMany(Literals).SelectMany(static literal => literal.Token.ValueText.Split('.'))
        .Where(static word => Key().IsMatch(word)).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<LiteralExpressionSyntax> Literals(SourceFile file) => file.Syntax.DescendantNodes()
        .OfType<LiteralExpressionSyntax>().Where(static literal => literal.IsKind(SyntaxKind.StringLiteralExpression));

    [GeneratedRegex("^[a-z0-9]+(_[a-z0-9]+)+$")]
    private static partial Regex Key();
}
