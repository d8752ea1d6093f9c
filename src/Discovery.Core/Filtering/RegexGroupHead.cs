using System.Diagnostics.CodeAnalysis;

namespace Discovery.Filtering;

[Flags]
internal enum RegexFlags
{
    None = 0,
    IgnoreCase = 1,
    Multiline = 2,
    DotAll = 4,
}

/// <summary>What follows <c>(?</c>: a capture's name, or flags with a colon or a closing parenthesis.</summary>
internal static class RegexGroupHead
{
    /// <summary>Reads at the question mark. On failure <paramref name="at"/> is behind what was read, for the error's text.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="at">Where to read, and where reading stopped.</param>
    /// <param name="flags">The flags in force, and those that the head sets.</param>
    /// <param name="opens">Whether a group is open now; <c>(?i)</c> only sets flags.</param>
    /// <param name="what">What is wrong.</param>
    /// <returns>Whether the head is well formed.</returns>
    public static bool TryRead(string pattern, ref int at, ref RegexFlags flags, out bool opens, [NotNullWhen(false)] out string? what)
    {
        ReadOnlySpan<char> rest = pattern.AsSpan(at);
        if (rest.Length <= 3 || !rest.StartsWith("?P<", StringComparison.Ordinal))
        {
            what = "invalid or unsupported Perl syntax";
            return TryFlags(pattern, ref at, ref flags, out opens);
        }

        opens = true;
        what = "invalid named capture";
        int end = rest.IndexOf('>');
        at += end < 0 ? rest.Length : end + 1;
        return IsName(end < 0 ? [] : rest[3..end]);
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        bool valid = !name.IsEmpty;
        foreach (char letter in name)
        {
            valid &= char.IsAsciiLetterOrDigit(letter) || letter == '_';
        }

        return valid;
    }

    private static bool TryFlags(string pattern, ref int at, ref RegexFlags flags, out bool opens)
    {
        RegexFlags changed = flags;
        bool adding = true;
        bool seen = false;
        opens = false;
        at++;
        while (at < pattern.Length)
        {
            char letter = pattern[at++];
            RegexFlags flag = letter switch
            {
                'i' => RegexFlags.IgnoreCase,
                'm' => RegexFlags.Multiline,
                's' => RegexFlags.DotAll,
                _ => RegexFlags.None,
            };
            if (flag != RegexFlags.None || letter == 'U')
            {
                changed = adding ? changed | flag : changed & ~flag;
                seen = true;
            }
            else if (letter == '-' && adding)
            {
                adding = false;
                seen = false;
            }
            else if (letter is ':' or ')' && (adding || seen))
            {
                opens = letter == ':';
                flags = changed;
                return true;
            }
            else
            {
                at += char.IsHighSurrogate(letter) && at < pattern.Length ? 1 : 0;
                return false;
            }
        }

        return false;
    }
}
