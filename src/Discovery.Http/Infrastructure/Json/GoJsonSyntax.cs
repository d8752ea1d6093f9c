using Discovery.Wire;

namespace Discovery.Infrastructure;

/// <summary>Finds the first JSON value of a text, or says what is wrong with it in the words of Go's decoder. Pure.</summary>
/// <remarks>
/// The grammar is that of RFC 8259; what follows the value is not looked at, and bytes that are no UTF-8 are allowed inside strings, as in
/// Go. Nesting is limited to <see cref="DepthMax"/>.
/// </remarks>
internal ref struct GoJsonSyntax
{
    /// <summary>How deep objects and arrays may be nested.</summary>
    public const int DepthMax = 10_000;

    private const string Unfinished = "unexpected EOF";

    private readonly ReadOnlySpan<byte> _text;
    private readonly Span<ulong> _objects;
    private int _at;
    private int _depth;
    private string? _error;

    private GoJsonSyntax(ReadOnlySpan<byte> text, Span<ulong> objects)
    {
        _text = text;
        _objects = objects;
    }

    /// <summary>Finds the first value.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? Measure(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> value)
    {
        Span<ulong> objects = stackalloc ulong[(DepthMax / 64) + 1];
        var syntax = new GoJsonSyntax(text, objects);
        syntax.SkipSpace();
        int start = syntax._at;
        value = default;
        if (start == text.Length)
        {
            return "EOF";
        }

        if (!syntax.TakeValue())
        {
            return syntax._error;
        }

        value = text[start..syntax._at];
        return null;
    }

    // One value with everything in it; without recursion, so that the depth costs a bit each.
    private bool TakeValue()
    {
        do
        {
            if (!TakeStart(out bool isOpen) || (!isOpen && !TakeEnds()))
            {
                return false;
            }
        }
        while (_depth > 0);

        return true;
    }

    // A scalar, or the opening of an object up to its first value, or of an array.
    private bool TakeStart(out bool isOpen)
    {
        isOpen = false;
        SkipSpace();
        if (!TryPeek(out byte first))
        {
            return Fail(Unfinished);
        }

        switch (first)
        {
            case (byte)'{' or (byte)'[':
                return TakeOpening(first == '{', out isOpen);
            case (byte)'"':
                return TakeString();
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                return TakeNumber();
            case (byte)'t':
                return TakeLiteral("true");
            case (byte)'f':
                return TakeLiteral("false");
            case (byte)'n':
                return TakeLiteral("null");
            default:
                return Invalid("looking for beginning of value");
        }
    }

    private bool TakeOpening(bool isObject, out bool isOpen)
    {
        isOpen = false;
        if (_depth == DepthMax)
        {
            return Invalid("exceeded max depth");
        }

        ref ulong word = ref _objects[_depth / 64];
        ulong bit = 1UL << (_depth % 64);
        word = isObject ? word | bit : word & ~bit;
        _depth++;
        _at++;
        SkipSpace();
        if (TryPeek(out byte next) && next == (isObject ? (byte)'}' : (byte)']'))
        {
            _at++;
            _depth--;
            return true;
        }

        isOpen = true;
        return !isObject || TakeKey();
    }

    // After a value: a comma before the next one, or the ends of the objects and arrays that it closes.
    private bool TakeEnds()
    {
        while (_depth > 0)
        {
            bool isObject = (_objects[(_depth - 1) / 64] >> ((_depth - 1) % 64) & 1) != 0;
            SkipSpace();
            if (!TryPeek(out byte next))
            {
                return Fail(Unfinished);
            }

            if (next == ',')
            {
                _at++;
                return !isObject || TakeKey();
            }

            if (next != (isObject ? (byte)'}' : (byte)']'))
            {
                return Invalid(isObject ? "after object key:value pair" : "after array element");
            }

            _at++;
            _depth--;
        }

        return true;
    }

    private bool TakeKey()
    {
        SkipSpace();
        if (!TryPeek(out byte quote))
        {
            return Fail(Unfinished);
        }

        if (quote != '"')
        {
            return Invalid("looking for beginning of object key string");
        }

        if (!TakeString())
        {
            return false;
        }

        SkipSpace();
        if (!TryPeek(out byte colon))
        {
            return Fail(Unfinished);
        }

        _at++;
        return colon == ':' || InvalidAt(_at - 1, "after object key");
    }

    private bool TakeString()
    {
        _at++;
        while (TryPeek(out byte next))
        {
            _at++;
            if (next == '"')
            {
                return true;
            }

            if (next < ' ')
            {
                return InvalidAt(_at - 1, "in string literal");
            }

            if (next == '\\' && !TakeEscape())
            {
                return false;
            }
        }

        return Fail(Unfinished);
    }

    private bool TakeEscape()
    {
        if (!TryPeek(out byte kind))
        {
            return Fail(Unfinished);
        }

        _at++;
        if (kind != 'u')
        {
            return "\"\\/bfnrt"u8.Contains(kind) || InvalidAt(_at - 1, "in string escape code");
        }

        for (int digit = 0; digit < 4; digit++)
        {
            if (!TryPeek(out byte hex))
            {
                return Fail(Unfinished);
            }

            if (!char.IsAsciiHexDigit((char)hex))
            {
                return Invalid("in \\u hexadecimal character escape");
            }

            _at++;
        }

        return true;
    }

    private bool TakeNumber()
    {
        if (_text[_at] == '-')
        {
            _at++;
        }

        bool isZero = TryPeek(out byte first) && first == '0';
        if (!TakeDigits("in numeric literal", isZero ? 1 : int.MaxValue))
        {
            return false;
        }

        if (TryPeek(out byte point) && point == '.')
        {
            _at++;
            if (!TakeDigits("after decimal point in numeric literal", int.MaxValue))
            {
                return false;
            }
        }

        if (TryPeek(out byte exponent) && (exponent | 0x20) == 'e')
        {
            _at++;
            if (TryPeek(out byte sign) && sign is (byte)'+' or (byte)'-')
            {
                _at++;
            }

            return TakeDigits("in exponent of numeric literal", int.MaxValue);
        }

        return true;
    }

    // At least one digit.
    private bool TakeDigits(string where, int max)
    {
        int start = _at;
        while (_at - start < max && TryPeek(out byte digit) && digit is >= (byte)'0' and <= (byte)'9')
        {
            _at++;
        }

        return _at > start || (_at == _text.Length ? Fail(Unfinished) : Invalid(where));
    }

    private bool TakeLiteral(string word)
    {
        foreach (char expected in word)
        {
            if (!TryPeek(out byte letter))
            {
                return Fail(Unfinished);
            }

            if (letter != expected)
            {
                return Invalid($"in literal {word} (expecting {GoQuote.QuoteCharacter(expected)})");
            }

            _at++;
        }

        return true;
    }

    private readonly bool TryPeek(out byte next)
    {
        bool isInside = _at < _text.Length;
        next = isInside ? _text[_at] : default;
        return isInside;
    }

    private void SkipSpace()
    {
        while (TryPeek(out byte next) && next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _at++;
        }
    }

    private bool Invalid(string where) => InvalidAt(_at, where);

    // Go shows the byte as the character of that number.
    private bool InvalidAt(int at, string where) => Fail($"invalid character {GoQuote.QuoteCharacter((char)_text[at])} {where}");

    private bool Fail(string error)
    {
        _error = error;
        return false;
    }
}
