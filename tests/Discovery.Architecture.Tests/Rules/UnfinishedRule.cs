using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Discovery.Architecture.Rules;

/// <summary>No marks of unfinished work in src/, and no test that is switched off.</summary>
internal static partial class UnfinishedRule
{
    public static IEnumerable<string> Source(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files.Where(file => file.IsCSharp && file.IsUnder("src")))
        {
            foreach (SyntaxTrivia trivia in file.Syntax.DescendantTrivia())
            {
                if (Mark().Match(trivia.ToString()) is { Success: true } mark)
                {
                    yield return $"{file.Path}:{file.LineOf(trivia)}: {mark.Value}";
                }
            }

            foreach (IdentifierNameSyntax name in file.Syntax.DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name.Identifier.Text == nameof(NotImplementedException))
                {
                    yield return file.At(name, name.Identifier.Text);
                }
            }
        }
    }

    public static IEnumerable<string> Tests(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCSharp && file.IsUnder("tests")
        from attribute in file.Syntax.DescendantNodes().OfType<AttributeSyntax>()
        where attribute.Name.ToString() is "Fact" or "Theory" or "SkippableFact" or "SkippableTheory" or "InlineData"
        where attribute.ArgumentList?.Arguments.Any(argument => argument.NameEquals?.Name.Identifier.Text == "Skip") == true
        select file.At(attribute, "a test is switched off");

    [GeneratedRegex(@"\b(TODO|FIXME|HACK)\b")]
    private static partial Regex Mark();
}
