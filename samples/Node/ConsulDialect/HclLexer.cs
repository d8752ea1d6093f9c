using System.Globalization;
using System.Text;

namespace Discovery.Node.ConsulDialect;

/// <summary>Cuts an HCL text into tokens.</summary>
internal sealed class HclLexer(string text)
{
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private char Current => _at < text.Length ? text[_at] : '\0';

    private char Following => _at + 1 < text.Length ? text[_at + 1] : '\0';

    public HclToken Next()
    {
        SkipBlank();
        (int line, int column) = (_line, _at - _lineStart + 1);
        if (_at >= text.Length)
        {
            return new HclToken(HclTokenKind.End, "", line, column);
        }

        char c = Current;
        HclTokenKind? mark = c switch
        {
            '=' => HclTokenKind.Equals,
            ',' => HclTokenKind.Comma,
            '{' => HclTokenKind.OpenBrace,
            '}' => HclTokenKind.CloseBrace,
            '[' => HclTokenKind.OpenBracket,
            ']' => HclTokenKind.CloseBracket,
            _ => null,
        };
        if (mark is { } kind)
        {
            _at++;
            return new HclToken(kind, c.ToString(), line, column);
        }

        if (c == '"')
        {
            return new HclToken(HclTokenKind.Text, ReadText(), line, column);
        }

        if (c == '<' && Following == '<')
        {
            return new HclToken(HclTokenKind.Text, ReadHeredoc(), line, column);
        }

        if (char.IsAsciiDigit(c) || (c is '-' or '.' && char.IsAsciiDigit(Following)))
        {
            return new HclToken(HclTokenKind.Number, TakeNumber(), line, column);
        }

        if (char.IsLetter(c) || c == '_')
        {
            string name = TakeWhile(static part => char.IsLetterOrDigit(part) || part is '_' or '-' or '.');
            return new HclToken(name is "true" or "false" ? HclTokenKind.Bool : HclTokenKind.Name, name, line, column);
        }

        throw Error("illegal char");
    }

    private HclException Error(string message) => new($"At {_line}:{_at - _lineStart + 1}: {message}");

    private string TakeWhile(Func<char, bool> isPart)
    {
        int start = _at++;
        while (_at < text.Length && isPart(text[_at]))
        {
            _at++;
        }

        return text[start.._at];
    }

    private string TakeNumber()
    {
        int start = _at;
        while (_at < text.Length)
        {
            bool isSign = text[_at] is '+' or '-' && (_at == start || text[_at - 1] is 'e' or 'E');
            if (!isSign && !char.IsAsciiLetterOrDigit(text[_at]) && text[_at] != '.')
            {
                break;
            }

            _at++;
        }

        return text[start.._at];
    }

    private void NewLine()
    {
        _line++;
        _lineStart = _at + 1;
    }

    private void SkipBlank()
    {
        while (_at < text.Length)
        {
            char c = text[_at];
            if (c == '\n')
            {
                NewLine();
                _at++;
            }
            else if (c is ' ' or '\t' or '\r')
            {
                _at++;
            }
            else if (c == '#' || (c == '/' && Following == '/'))
            {
                int end = text.IndexOf('\n', _at);
                _at = end < 0 ? text.Length : end;
            }
            else if (c == '/' && Following == '*')
            {
                SkipComment();
            }
            else if (c == '/')
            {
                throw Error("expected '/' for comment");
            }
            else
            {
                return;
            }
        }
    }

    private void SkipComment()
    {
        int end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Error("comment not terminated");
        }

        for (; _at < end + 2; _at++)
        {
            if (text[_at] == '\n')
            {
                NewLine();
            }
        }
    }

    // Inside ${...} everything is kept as written, quotes and line ends too: another program's template.
    private string ReadText()
    {
        var made = new StringBuilder();
        int braces = 0;
        _at++;
        while (true)
        {
            if (_at >= text.Length || (Current == '\n' && braces == 0))
            {
                throw Error("literal not terminated");
            }

            char c = text[_at++];
            if (c == '\n')
            {
                _at--;
                NewLine();
                _at++;
            }

            if (braces == 0 && c == '"')
            {
                return made.ToString();
            }

            if (braces == 0 && c == '\\')
            {
                ReadEscape(made);
                continue;
            }

            if (c == '$' && braces == 0 && Current == '{')
            {
                made.Append('$');
                c = text[_at++];
                braces = 1;
            }
            else if (braces > 0)
            {
                braces += c == '{' ? 1 : c == '}' ? -1 : 0;
            }

            made.Append(c);
        }
    }

    private void ReadEscape(StringBuilder made)
    {
        char c = Current;
        _at++;
        int plain = "abfnrtv\\\"".IndexOf(c, StringComparison.Ordinal);
        if (plain >= 0)
        {
            made.Append("\a\b\f\n\r\t\v\\\""[plain]);
            return;
        }

        (int digits, int radix) = c switch { 'x' => (2, 16), 'u' => (4, 16), 'U' => (8, 16), >= '0' and <= '7' => (3, 8), _ => (0, 0) };
        _at -= radix == 8 ? 1 : 0;
        if (digits == 0 || _at + digits > text.Length
            || !TryCode(text.AsSpan(_at, digits), radix, out int code) || !Rune.IsValid(code))
        {
            throw Error("illegal char escape");
        }

        made.Append(new Rune(code).ToString());
        _at += digits;
    }

    private static bool TryCode(ReadOnlySpan<char> digits, int radix, out int code)
    {
        code = 0;
        foreach (char digit in digits)
        {
            int value = char.IsAsciiHexDigit(digit) ? int.Parse([digit], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : 99;
            if (value >= radix || code > 0x10FFFF)
            {
                return false;
            }

            code = (code * radix) + value;
        }

        return true;
    }

    private string ReadHeredoc()
    {
        _at += 2;
        bool isIndented = Current == '-';
        _at += isIndented ? 1 : 0;
        int lineEnd = text.IndexOf('\n', _at);
        string mark = lineEnd < 0 ? "" : text[_at..lineEnd].TrimEnd('\r');
        if (mark.Length == 0)
        {
            throw Error("heredoc must have a mark and a line end after it");
        }

        var lines = new List<string>();
        while (true)
        {
            _at = lineEnd;
            NewLine();
            _at++;
            if (_at >= text.Length)
            {
                throw Error("heredoc not terminated");
            }

            lineEnd = text.IndexOf('\n', _at);
            int stop = lineEnd < 0 ? text.Length : lineEnd;
            string line = text[_at..stop].TrimEnd('\r');
            if (line.Trim() == mark)
            {
                _at = stop;
                return Join(lines, isIndented ? line.Length - line.TrimStart().Length : 0);
            }

            if (lineEnd < 0)
            {
                throw Error("heredoc not terminated");
            }

            lines.Add(line);
        }
    }

    // An indented heredoc loses the indentation of its last line, if all lines have it.
    private static string Join(List<string> lines, int indentation)
    {
        bool hasAll = lines.All(line => line.Length >= indentation && string.IsNullOrWhiteSpace(line[..indentation]));
        return string.Concat(lines.Select(line => (hasAll ? line[indentation..] : line) + "\n"));
    }
}
