using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Discovery.Architecture.Rules;

/// <summary>One public type per file, named after it, in a namespace that users expect.</summary>
/// <remarks>
/// What follows a dot or a brace in the name of the file is free: A.Part.cs, A{T}.cs. A closed set of records may share one file that bears
/// the name of one of them or its plural.
/// </remarks>
internal static class PublicTypeRule
{
    private static readonly string[] s_namespaces =
        ["Discovery", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Configuration", "Microsoft.AspNetCore.Builder"];

    public static IEnumerable<string> Violations(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files.Where(file => file.IsCSharp && file.IsUnder("src")))
        {
            MemberDeclarationSyntax[] types = [.. file.Syntax.DescendantNodes(Outer).OfType<MemberDeclarationSyntax>().Where(IsPublicType)];
            foreach (MemberDeclarationSyntax type in types)
            {
                string space = (type.Parent as BaseNamespaceDeclarationSyntax)?.Name.ToString() ?? "";
                if (!s_namespaces.Contains(space, StringComparer.Ordinal))
                {
                    yield return file.At(type, $"public type {NameOf(type)} is in namespace '{space}'");
                }
            }

            string[] names = [.. types.Select(NameOf).Distinct(StringComparer.Ordinal)];
            string stem = file.Name.Split('.', '{')[0];
            bool named = names.Contains(stem, StringComparer.Ordinal);
            bool records = types.All(type => type is RecordDeclarationSyntax);
            bool plural = records && names.Any(name => stem == name + "s");
            if (names.Length > 1 && !(records && (named || plural)))
            {
                yield return $"{file.Path}: public types {string.Join(", ", names)} share a file";
            }
            else if (names.Length == 1 && !named)
            {
                yield return $"{file.Path}: holds public type {names[0]}";
            }
        }
    }

    private static bool Outer(SyntaxNode node) => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax;

    private static bool IsPublicType(MemberDeclarationSyntax member) =>
        member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax && member.Modifiers.Any(SyntaxKind.PublicKeyword);

    private static string NameOf(MemberDeclarationSyntax type) =>
        type is DelegateDeclarationSyntax function ? function.Identifier.Text : ((BaseTypeDeclarationSyntax)type).Identifier.Text;
}
