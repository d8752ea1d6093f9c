using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Discovery.Architecture.Rules;

/// <summary>Files, lines and methods that have grown too long.</summary>
internal static class SizeRule
{
    public const int ColumnsMax = 140;
    public const int MethodLinesSoft = 70;
    public const int MethodLinesMax = 120;

    public static IEnumerable<string> Violations(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files.Where(file => file.IsCSharp))
        {
            string[] lines = file.Lines;
            int limit = file.IsUnder("tests") ? 700 : 500;
            if (lines.Length > limit)
            {
                yield return $"{file.Path}: {lines.Length} lines, more than {limit}";
            }

            for (int line = 0; line < lines.Length; line++)
            {
                if (lines[line].Length > ColumnsMax)
                {
                    yield return $"{file.Path}:{line + 1}: {lines[line].Length} columns, more than {ColumnsMax}";
                }
            }

            foreach ((SyntaxNode method, string name, int length) in Methods(file).Where(method => method.Lines > MethodLinesMax))
            {
                yield return file.At(method, $"{name} has {length} lines, more than {MethodLinesMax}");
            }
        }
    }

    /// <summary>Every method, constructor and accessor with its number of lines.</summary>
    public static IEnumerable<(SyntaxNode Node, string Name, int Lines)> Methods(SourceFile file) =>
        from node in file.Syntax.DescendantNodes()
        let name = node switch
        {
            MethodDeclarationSyntax method => method.Identifier.Text,
            ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
            OperatorDeclarationSyntax => "operator",
            AccessorDeclarationSyntax accessor => accessor.Keyword.Text,
            _ => null,
        }
        where name is not null
        let span = node.GetLocation().GetLineSpan()
        select (node, name, span.EndLinePosition.Line - span.StartLinePosition.Line + 1);
}
