using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Discovery.Architecture.Rules;

/// <summary>A folder that is a layer of its package names no namespace of a layer above it.</summary>
internal static class LayerRule
{
    public static IEnumerable<string> Violations(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCSharp
        let layers = Package.Of(file)?.Layers ?? []
        let own = Array.IndexOf(layers, file.Segments.ElementAtOrDefault(2))
        where own >= 0
        from name in file.Syntax.DescendantNodes().OfType<IdentifierNameSyntax>()
        where Array.IndexOf(layers, name.Identifier.Text) > own && NamesNamespace(name)
        select file.At(name, $"{layers[own]} sees {name.Identifier.Text}, which is above it");

    // A using and a type are qualified names. Autopilot.Log.Begins() looks a type up in the namespace; Driver.Start() may be a property's.
    private static bool NamesNamespace(IdentifierNameSyntax name) => name.Parent switch
    {
        QualifiedNameSyntax { Left: var left } => left == name || IsRoot(left),
        MemberAccessExpressionSyntax access => access.Expression == name
            ? access.Parent is MemberAccessExpressionSyntax
            : IsRoot(access.Expression),
        _ => false,
    };

    private static bool IsRoot(SyntaxNode left) => left.ToString() is "Discovery" or "global::Discovery";
}
