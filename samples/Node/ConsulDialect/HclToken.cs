namespace Discovery.Node.ConsulDialect;

internal enum HclTokenKind
{
    End,
    Name,
    Text,
    Number,
    Bool,
    Equals,
    Comma,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
}

/// <summary>One token with its place, counted from one.</summary>
internal readonly record struct HclToken(HclTokenKind Kind, string Text, int Line, int Column)
{
    public string Shown => Kind == HclTokenKind.End ? "EOF" : Text;

    public HclException Error(string text) => new($"At {Line}:{Column}: {text}");
}

/// <summary>What is wrong with an HCL text, and where.</summary>
internal sealed class HclException(string message) : Exception(message);
