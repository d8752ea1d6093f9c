using System.Text;

namespace Discovery.Filtering;

/// <summary>How Go reads quoted strings, integers and booleans: the values of a filter are Go literals.</summary>
internal static class GoText
{
    public const string InvalidSyntax = "invalid syntax";
    public const string OutOfRange = "value out of range";

    /// <summary>Reads the inside of a literal; the surrogates and bytes that UTF-8 does not know become U+FFFD.</summary>
    public static bool TryUnquote(ReadOnlySpan<char> inside, bool raw, out string value)
    {
        value = "";
        if (raw)
        {
            value = inside.ToString().Replace("\r", "", StringComparison.Ordinal);
            return true;
        }

        if (inside.Contains('\n'))
        {
            return false;
        }

        if (!inside.Contains('\\'))
        {
            value = inside.ToString();
            return true;
        }

        byte[] bytes = new byte[(inside.Length * 3) + 4];
        int count = 0;
        while (!inside.IsEmpty)
        {
            int next = inside.IndexOf('\\');
            next = next < 0 ? inside.Length : next;
            count += Encoding.UTF8.GetBytes(inside[..next], bytes.AsSpan(count));
            inside = inside[next..];
            if (!inside.IsEmpty && !TryEscape(ref inside, bytes, ref count))
            {
                return false;
            }
        }

        value = Encoding.UTF8.GetString(bytes, 0, count);
        return true;
    }

    /// <summary>Base 0: a prefix 0x, 0o, 0b or 0 gives the base, and underscores may stand between digits.</summary>
    /// <returns>Null, or why the text is no 64-bit integer.</returns>
    public static string? ParseInt(string text, out long value)
    {
        value = 0;
        ReadOnlySpan<char> rest = text;
        bool negative = rest.StartsWith('-');
        rest = negative || rest.StartsWith('+') ? rest[1..] : rest;
        if (rest.IsEmpty)
        {
            return InvalidSyntax;
        }

        int numberBase = 10;
        bool digitBefore = false;
        if (rest[0] == '0')
        {
            numberBase = (rest.Length < 3 ? '\0' : (char)(rest[1] | 0x20)) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 };
            rest = numberBase == 0 ? rest[1..] : rest[2..];
            numberBase = numberBase == 0 ? 8 : numberBase;
            digitBefore = true;
        }

        UInt128 magnitude = 0;
        foreach (char letter in rest)
        {
            if (letter == '_' && digitBefore)
            {
                digitBefore = false;
                continue;
            }

            int digit = char.IsAsciiHexDigit(letter) ? Convert.ToInt32(letter.ToString(), 16) : int.MaxValue;
            if (digit >= numberBase)
            {
                return InvalidSyntax;
            }

            digitBefore = true;
            magnitude = (magnitude * (uint)numberBase) + (uint)digit;
            if (magnitude > ulong.MaxValue)
            {
                return OutOfRange;
            }
        }

        if (!digitBefore)
        {
            return InvalidSyntax;
        }

        if (magnitude > (negative ? 1UL << 63 : long.MaxValue))
        {
            return OutOfRange;
        }

        value = negative ? (long)(0 - (Int128)magnitude) : (long)magnitude;
        return null;
    }

    /// <returns>Null, or why the text is no boolean.</returns>
    public static string? ParseBool(string text, out bool value)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False" ? null : InvalidSyntax;
    }

    private static bool TryEscape(ref ReadOnlySpan<char> rest, byte[] bytes, ref int count)
    {
        if (rest.Length < 2)
        {
            return false;
        }

        char kind = rest[1];
        int simple = "abtnvfr".IndexOf(kind, StringComparison.Ordinal);
        if (simple >= 0 || kind == '\\')
        {
            bytes[count++] = (byte)(simple >= 0 ? '\a' + simple : '\\');
            rest = rest[2..];
            return true;
        }

        bool octal = kind is >= '0' and <= '7';
        int first = octal ? 1 : 2;
        int digits = kind switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => octal ? 3 : 0 };
        if (digits == 0 || rest.Length < first + digits || !TryDigits(rest.Slice(first, digits), octal ? 8 : 16, out uint code))
        {
            return false;
        }

        rest = rest[(first + digits)..];
        if (octal || kind == 'x')
        {
            bytes[count++] = (byte)code;
            return code <= byte.MaxValue;
        }

        Rune rune = Rune.TryCreate(code, out Rune valid) ? valid : Rune.ReplacementChar;
        count += rune.EncodeToUtf8(bytes.AsSpan(count));
        return code <= 0x10FFFF;
    }

    private static bool TryDigits(ReadOnlySpan<char> digits, int numberBase, out uint code)
    {
        code = 0;
        foreach (char letter in digits)
        {
            if (!char.IsAsciiHexDigit(letter) || (numberBase == 8 && letter is < '0' or > '7'))
            {
                return false;
            }

            code = (code * (uint)numberBase) + (uint)(letter <= '9' ? letter - '0' : (letter | 0x20) - 'a' + 10);
        }

        return true;
    }
}
