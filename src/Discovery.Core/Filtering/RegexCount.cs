namespace Discovery.Filtering;

/// <summary>The repetition operators of RE2.</summary>
internal static class RegexCount
{
    /// <summary>Largest count, and largest product of counts that are nested in each other.</summary>
    public const int Max = 1000;

    /// <summary>Reads <c>*</c>, <c>+</c>, <c>?</c> or a well-formed <c>{n,m}</c>; anything else with a brace is literal.</summary>
    public static bool TryRead(string pattern, ref int position, out int min, out int max)
    {
        (min, max) = pattern[position] switch { '*' => (0, -1), '+' => (1, -1), _ => (0, 1) };
        if (pattern[position] is '*' or '+' or '?')
        {
            position++;
            return true;
        }

        int at = position + 1;
        if (pattern[position] != '{' || !TryNumber(pattern, ref at, out min))
        {
            return false;
        }

        max = min;
        if (at < pattern.Length && pattern[at] == ',')
        {
            at++;
            max = -1;
            if (at < pattern.Length && pattern[at] != '}' && !TryNumber(pattern, ref at, out max))
            {
                return false;
            }
        }

        if (at == pattern.Length || pattern[at] != '}')
        {
            return false;
        }

        position = at + 1;
        return true;
    }

    private static bool TryNumber(string pattern, ref int at, out int number)
    {
        int start = at;
        number = 0;
        while (at < pattern.Length && char.IsAsciiDigit(pattern[at]))
        {
            number = Math.Min((number * 10) + pattern[at++] - '0', Max + 1);
        }

        return at > start && (pattern[start] != '0' || at == start + 1);
    }
}
