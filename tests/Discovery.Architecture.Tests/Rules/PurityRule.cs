using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Discovery.Architecture.Rules;

/// <summary>Protocol/, State/ and every *Commands.cs see only their inputs: judged by syntax, so comments may say anything.</summary>
internal static class PurityRule
{
    private static readonly string[] s_types =
    [
        "Task", "ValueTask", "TaskCompletionSource", "Thread", "ThreadPool", "Timer", "PeriodicTimer", "Parallel", "SemaphoreSlim",
        "Socket", "TcpClient", "UdpClient", "HttpClient", "NetworkStream", "File", "FileStream", "FileInfo", "Directory", "DirectoryInfo",
        "Stopwatch", "TimeProvider", "Environment", "Random", "RandomNumberGenerator", "Process", "Console", "ILogger", "HashCode",
    ];

    private static readonly string[] s_members =
    [
        "Guid.NewGuid", "Guid.CreateVersion7", "DateTime.Now", "DateTime.UtcNow", "DateTime.Today", "DateTimeOffset.Now",
        "DateTimeOffset.UtcNow",
    ];

    public static IEnumerable<string> Violations(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCSharp && file.IsUnder("src") && IsPure(file)
        from node in file.Syntax.DescendantNodes()
        let found = Impure(node, inProtocol: file.Segments.Contains("Protocol", StringComparer.Ordinal))
        where found is not null
        select file.At(node, $"{found} in a pure file");

    public static bool IsPure(SourceFile file) =>
        file.Segments[..^1].Any(folder => folder is "State" or "Protocol") || file.Name.EndsWith("Commands.cs", StringComparison.Ordinal);

    private static string? Impure(SyntaxNode node, bool inProtocol) => node switch
    {
        AwaitExpressionSyntax => "await",
        LockStatementSyntax when inProtocol => "lock",
        MemberAccessExpressionSyntax access when Member(access) is { } member => member,
        SimpleNameSyntax name when IsBanned(name.Identifier.Text) && CanNameType(name) => name.Identifier.Text,
        _ => null,
    };

    private static bool IsBanned(string type) => s_types.Contains(type, StringComparer.Ordinal);

    private static string? Member(MemberAccessExpressionSyntax access)
    {
        string left = access.Expression.ToString();
        string member = $"{left[(left.LastIndexOfAny(['.', ':']) + 1)..]}.{access.Name.Identifier.Text}";
        return s_members.Contains(member, StringComparer.Ordinal) ? member : null;
    }

    /// <summary>Whether a name stands where a type can: not behind a dot, nor as the name of an argument or initialized member.</summary>
    private static bool CanNameType(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access when access.Name == name => IsNamespace(access.Expression.ToString()),
        MemberBindingExpressionSyntax or NameColonSyntax or NameEqualsSyntax => false,
        AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } assignment when assignment.Left == name => false,
        _ => true,
    };

    private static bool IsNamespace(string expression) =>
        expression == "System" || expression.StartsWith("System.", StringComparison.Ordinal) ||
        expression.StartsWith("global::System", StringComparison.Ordinal);
}
