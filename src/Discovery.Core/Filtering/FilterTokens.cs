using System.Diagnostics.CodeAnalysis;

namespace Discovery.Filtering;

/// <summary>Selectors and values; a failed attempt leaves the scanner where it was.</summary>
internal readonly ref struct FilterTokens(FilterScanner scanner)
{
    public bool TrySelector([NotNullWhen(true)] out string[]? selector)
    {
        int start = scanner.Position;
        selector = null;
        if (!scanner.Identifier())
        {
            return false;
        }

        List<string> parts = [scanner.Text[start..scanner.Position]];
        while (TryMember(out string? part) || TryIndex(out part))
        {
            parts.Add(part);
        }

        selector = [.. parts];
        return true;
    }

    public bool TryValue([NotNullWhen(true)] out string? value)
    {
        if (TrySelector(out string[]? selector))
        {
            value = string.Join('.', selector);
            return true;
        }

        return TryNumber(out value) || TryString(out value);
    }

    private bool TryMember([NotNullWhen(true)] out string? name)
    {
        int start = scanner.Position;
        if (scanner.Literal(".", "\".\"") && scanner.Identifier())
        {
            name = scanner.Text[(start + 1)..scanner.Position];
            return true;
        }

        scanner.Position = start;
        name = null;
        return false;
    }

    private bool TryIndex([NotNullWhen(true)] out string? key)
    {
        int start = scanner.Position;
        key = null;
        if (!scanner.Literal("[", "\"[\""))
        {
            return false;
        }

        scanner.OptionalSpace();
        int inner = scanner.Position;
        if (!TryString(out key))
        {
            scanner.Error(inner, "index", "Invalid index");
        }
        else
        {
            scanner.OptionalSpace();
            if (scanner.Literal("]", "\"]\""))
            {
                return true;
            }

            scanner.Error(scanner.Position, "index", "Unclosed index expression");
        }

        scanner.Position = start;
        key = null;
        return false;
    }

    private bool TryNumber([NotNullWhen(true)] out string? number)
    {
        int start = scanner.Position;
        number = null;
        scanner.Literal("-", "\"-\"");
        if (!TryDigits())
        {
            scanner.Position = start;
            return false;
        }

        int end = scanner.Position;
        bool ended = scanner.Space() || scanner.End() || scanner.Literal(")", "\")\"");
        if (!ended)
        {
            scanner.Error(end, "number", "Invalid number literal");
        }

        scanner.Position = ended ? end : start;
        number = ended ? scanner.Text[start..end] : null;
        return ended;
    }

    private bool TryDigits()
    {
        if (!scanner.Literal("0", "\"0\""))
        {
            if (scanner.Current is < '1' or > '9')
            {
                scanner.Expect("[1-9]");
                return false;
            }

            scanner.Digits("[0-9]");
        }

        int end = scanner.Position;
        if (!scanner.Literal(".", "\".\"") || !scanner.Digits("[0-9]"))
        {
            scanner.Position = end;
        }

        return true;
    }

    private bool TryString([NotNullWhen(true)] out string? value)
    {
        int start = scanner.Position;
        value = null;
        char quote = scanner.Current;
        if (quote is not ('"' or '`') || scanner.AtEnd)
        {
            scanner.Expect("\"`\"");
            scanner.Expect("\"\\\"\"");
            return false;
        }

        int close = scanner.Text.IndexOf(quote, start + 1);
        if (close < 0)
        {
            scanner.Error(scanner.Text.Length, "string", "Unterminated string literal");
            return false;
        }

        scanner.Position = close;
        scanner.Expect(quote == '`' ? "!\"`\"" : "!\"\\\"\"");
        scanner.Position = close + 1;
        if (!GoText.TryUnquote(scanner.Text.AsSpan(start + 1, close - start - 1), quote == '`', out value))
        {
            scanner.Error(start, "string", "invalid syntax");
            value = "";
        }

        return true;
    }
}
