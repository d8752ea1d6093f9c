using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Discovery.Architecture;

/// <summary>One file of the repository, or a planted one: its path from the root, with slashes, and its text.</summary>
internal sealed class SourceFile(string path, string text)
{
    private static readonly CSharpParseOptions s_options = new(LanguageVersion.Preview);
    private SyntaxNode? _root;

    public string Path { get; } = path;

    public string Text { get; } = text;

    public string[] Segments => Path.Split('/');

    public string Name => Segments[^1];

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public string[] Lines => Text.TrimEnd('\n').Split('\n');

    public SyntaxNode Syntax => _root ??= CSharpSyntaxTree.ParseText(Text, s_options, Path).GetRoot();

    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    public int LineOf(SyntaxTrivia trivia) => trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    public string At(SyntaxNode node, string message) => $"{Path}:{LineOf(node)}: {message}";
}
