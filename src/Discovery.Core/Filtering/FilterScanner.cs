using System.Globalization;
using System.Text;

namespace Discovery.Filtering;

/// <summary>The input of <see cref="FilterParser"/>: reads tokens, and remembers what was expected where reading got furthest.</summary>
/// <remarks>
/// Consul's parser tries every alternative of its grammar, and reports either the errors that the grammar itself raises, each once, or all
/// that would have been accepted at the furthest position. Both are sets, so it does not matter how often a position is tried.
/// </remarks>
internal sealed class FilterScanner(string text)
{
    public const string Prefix = "Failed to create boolean expression evaluator: ";
    private const int ErrorsMax = 20;
    private const string EndOfInput = "!.";
    private readonly HashSet<string> _expected = new(StringComparer.Ordinal);
    private readonly HashSet<(int Position, string What)> _errorPlaces = [];
    private readonly List<string> _errors = [];
    private int _furthest;
    private int _firstErrorPosition;

    public string Text { get; } = text;

    public int Position { get; set; }

    public bool HasErrors => _errors.Count > 0;

    public bool AtEnd => Position == Text.Length;

    public char Current => AtEnd ? '\0' : Text[Position];

    public void Expect(string what)
    {
        if (Position > _furthest)
        {
            _furthest = Position;
            _expected.Clear();
        }

        if (Position == _furthest)
        {
            _expected.Add(what);
        }
    }

    public bool Literal(string literal, string name)
    {
        if (string.CompareOrdinal(Text, Position, literal, 0, literal.Length) == 0)
        {
            Position += literal.Length;
            return true;
        }

        Expect(name);
        return false;
    }

    /// <summary>One or more blanks.</summary>
    public bool Space()
    {
        int start = Position;
        while (!AtEnd && Current is ' ' or '\t' or '\r' or '\n')
        {
            Position++;
        }

        Expect("[ \\t\\r\\n]");
        return Position > start;
    }

    public void OptionalSpace() => Space();

    public bool End()
    {
        if (!AtEnd)
        {
            Expect(EndOfInput);
        }

        return AtEnd;
    }

    public bool Identifier()
    {
        if (!char.IsAsciiLetter(Current))
        {
            Expect("[a-zA-Z]");
            return false;
        }

        while (char.IsAsciiLetterOrDigit(Current) || Current == '_')
        {
            Position++;
        }

        Expect("[a-zA-Z0-9_]");
        return true;
    }

    public bool Digits(string expectation)
    {
        int start = Position;
        while (char.IsAsciiDigit(Current))
        {
            Position++;
        }

        Expect(expectation);
        return Position > start;
    }

    public void Error(int position, string rule, string what)
    {
        if (_errors.Count < ErrorsMax && _errorPlaces.Add((position, what)))
        {
            _firstErrorPosition = HasErrors ? _firstErrorPosition : position;
            _errors.Add($"{Locate(position, out _, out _)}: rule \"{rule}\": {what}");
        }
    }

    /// <summary>The error of a parse that failed or raised errors.</summary>
    public FilterError Failure() =>
        HasErrors
            ? At(_firstErrorPosition, string.Join('\n', _errors))
            : At(_furthest, $"{Locate(_furthest, out _, out _)}: no match found, expected: {Expected()}");

    /// <summary>An error that only this implementation knows.</summary>
    public FilterError Refusal(int position, string what) => At(position, $"{Locate(position, out _, out _)}: {what}");

    public FilterError At(int position, string message)
    {
        Locate(position, out int line, out int column);
        return new FilterError(Prefix + message, position, line, column);
    }

    private string Expected()
    {
        bool end = _expected.Remove(EndOfInput);
        List<string> names = [.. _expected.Order(StringComparer.Ordinal)];
        if (end)
        {
            names.Add("EOF");
        }

        return names.Count == 1 ? names[0] : $"{string.Join(", ", names.Take(names.Count - 1))} or {names[^1]}";
    }

    /// <summary>Lines and columns are counted in characters, offsets in UTF-8 bytes; a line feed is column 0 of the next line.</summary>
    private string Locate(int position, out int line, out int column)
    {
        (line, column) = (1, 1);
        int bytes = 0;
        for (int at = 0; at <= position && at < Text.Length;)
        {
            Rune.DecodeFromUtf16(Text.AsSpan(at), out Rune rune, out int units);
            if (rune.Value == '\n')
            {
                line++;
                column = 0;
            }

            at += units;
            if (at <= position)
            {
                column++;
                bytes += rune.Utf8SequenceLength;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{line}:{column} ({bytes})");
    }
}
