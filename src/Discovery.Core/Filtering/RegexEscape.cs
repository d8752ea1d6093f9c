using System.Text;

namespace Discovery.Filtering;

/// <summary>The escapes of RE2 that stand for one character.</summary>
internal static class RegexEscape
{
    /// <summary>Reads at a backslash. On failure <paramref name="at"/> is behind what was read, for the error's text.</summary>
    public static bool TryRead(string pattern, ref int at, out Rune rune)
    {
        rune = default;
        if (++at == pattern.Length)
        {
            return false;
        }

        Rune kind = Next(pattern, ref at);
        int simple = "abtnvfr".IndexOf((char)kind.Value, StringComparison.Ordinal);
        switch (kind.Value)
        {
            case >= '1' and <= '7' when at == pattern.Length || !IsOctal(pattern[at]):
                return false;
            case >= '0' and <= '7':
                rune = Octal(pattern, ref at, kind.Value - '0');
                return true;
            case 'x':
                return TryHex(pattern, ref at, out rune);
            case 'a' or 'f' or 'n' or 'r' or 't' or 'v':
                rune = new Rune('\a' + simple);
                return true;
            default:
                rune = kind;
                return kind.IsAscii && !char.IsAsciiLetterOrDigit((char)kind.Value);
        }
    }

    public static string Trouble(string pattern, int start) =>
        start + 1 == pattern.Length ? "trailing backslash at end of expression" : "invalid escape sequence";

    private static Rune Next(string pattern, ref int at)
    {
        Rune.DecodeFromUtf16(pattern.AsSpan(at), out Rune rune, out int units);
        at += units;
        return rune;
    }

    private static bool IsOctal(char letter) => letter is >= '0' and <= '7';

    private static Rune Octal(string pattern, ref int at, int value)
    {
        for (int more = 0; more < 2 && at < pattern.Length && IsOctal(pattern[at]); more++)
        {
            value = (value * 8) + pattern[at++] - '0';
        }

        return new Rune(value);
    }

    private static bool TryHex(string pattern, ref int at, out Rune rune)
    {
        rune = default;
        if (at == pattern.Length)
        {
            return false;
        }

        Rune first = Next(pattern, ref at);
        if (first.Value == '{')
        {
            return TryBracedHex(pattern, ref at, out rune);
        }

        int high = Digit(first);
        int low = at < pattern.Length ? Digit(Next(pattern, ref at)) : -1;
        rune = high < 0 || low < 0 ? default : new Rune((high * 16) + low);
        return high >= 0 && low >= 0;
    }

    private static bool TryBracedHex(string pattern, ref int at, out Rune rune)
    {
        int value = 0;
        int count = 0;
        rune = default;
        while (at < pattern.Length)
        {
            Rune letter = Next(pattern, ref at);
            if (letter.Value == '}')
            {
                rune = Rune.TryCreate(value, out Rune valid) ? valid : Rune.ReplacementChar;
                return count > 0;
            }

            int digit = Digit(letter);
            value = (value * 16) + digit;
            if (digit < 0 || value > 0x10FFFF)
            {
                return false;
            }

            count++;
        }

        return false;
    }

    private static int Digit(Rune rune) =>
        rune.IsAscii && char.IsAsciiHexDigit((char)rune.Value) ? Convert.ToInt32(rune.ToString(), 16) : -1;
}
