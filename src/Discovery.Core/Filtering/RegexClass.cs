using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Discovery.Filtering;

/// <summary>A set of characters: ranges, general categories, and whether it is their complement.</summary>
/// <remarks>
/// .NET's classes are of UTF-16 code units. So halves of surrogate pairs are kept out of every class, and pairs are added as alternatives.
/// Characters beyond the basic plane count as being in no category.
/// </remarks>
internal sealed class RegexClass(bool ignoreCase)
{
    public const string AnyCharacter = "(?:[^\\uD800-\\uDFFF]|[\\uD800-\\uDBFF][\\uDC00-\\uDFFF])";
    public const string AnyButLineFeed = "(?:[^\\n\\uD800-\\uDFFF]|[\\uD800-\\uDBFF][\\uDC00-\\uDFFF])";
    public const string InvalidRange = "invalid character class range";
    private const int Last = 0x10FFFF;
    private const int LongS = 0x17F;
    private const int Kelvin = 0x212A;

    private static readonly Dictionary<string, (int Low, int High)[]> Posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = [('0', '9'), ('A', 'Z'), ('a', 'z')],
        ["alpha"] = [('A', 'Z'), ('a', 'z')],
        ["ascii"] = [(0, 0x7F)],
        ["blank"] = [('\t', '\t'), (' ', ' ')],
        ["cntrl"] = [(0, 0x1F), (0x7F, 0x7F)],
        ["digit"] = [('0', '9')],
        ["graph"] = [('!', '~')],
        ["lower"] = [('a', 'z')],
        ["print"] = [(' ', '~')],
        ["punct"] = [('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        ["space"] = [('\t', '\r'), (' ', ' ')],
        ["upper"] = [('A', 'Z')],
        ["word"] = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        ["xdigit"] = [('0', '9'), ('A', 'F'), ('a', 'f')],
    };

    private static readonly HashSet<string> Categories = new(StringComparer.Ordinal)
    {
        "Cc", "Cf", "Co", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi",
        "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    };

    private readonly List<(int Low, int High)> _ranges = [];
    private readonly StringBuilder _categories = new();
    private bool _complement;
    private bool _hasComplementedCategory;

    /// <summary>Reads <c>[...]</c>.</summary>
    public static bool TryRead(
        string pattern, bool ignoreCase, ref int at, out RegexClass set, [NotNullWhen(false)] out string? what, out Range where)
    {
        int start = at++;
        set = new RegexClass(ignoreCase) { _complement = at < pattern.Length && pattern[at] == '^' };
        at += set._complement ? 1 : 0;
        what = null;
        for (bool first = true; at < pattern.Length && (first || pattern[at] != ']'); first = false)
        {
            int item = at;
            if (!set.TryReadItem(pattern, ref at, out what))
            {
                where = what == MissingBracket ? start..pattern.Length : what == TrailingBackslash ? at..at : FailedPart(pattern, item, at, what);
                return false;
            }
        }

        where = start..pattern.Length;
        if (at == pattern.Length)
        {
            what = MissingBracket;
            return false;
        }

        at++;
        return true;
    }

    private const string MissingBracket = "missing closing ]";
    private const string TrailingBackslash = "trailing backslash at end of expression";

    /// <summary>Of a range such as <c>a-\d</c> an escape is reported alone.</summary>
    private static Range FailedPart(string pattern, int item, int at, string what) =>
        what == InvalidRange ? item..at : pattern.LastIndexOf('\\', at - 1, at - item)..at;

    /// <summary>Reads <c>\d</c>, <c>\pL</c>, <c>\P{Lu}</c> and the like, where the pattern has one.</summary>
    /// <returns>False for a category that is not known.</returns>
    public bool TryReadNamed(string pattern, ref int at, out bool named)
    {
        char kind = pattern[at] == '\\' && at + 1 < pattern.Length ? pattern[at + 1] : '\0';
        named = true;
        switch (kind)
        {
            case 'd' or 'D':
                Add("digit", kind == 'D');
                break;
            case 's' or 'S':
                AddRanges([('\t', '\n'), ('\f', '\r'), (' ', ' ')], kind == 'S');
                break;
            case 'w' or 'W':
                Add("word", kind == 'W');
                break;
            case 'p' or 'P':
                return TryCategory(pattern, ref at, kind == 'P');
            default:
                named = false;
                return true;
        }

        at += 2;
        return true;
    }

    public static string Literal(Rune rune)
    {
        if (rune.IsAscii && char.IsAsciiLetterOrDigit((char)rune.Value))
        {
            return rune.ToString();
        }

        Span<char> units = stackalloc char[2];
        int count = rune.EncodeToUtf16(units);
        return count == 1 ? Unit(units[0]) : $"(?:{Unit(units[0])}{Unit(units[1])})";
    }

    public string Write()
    {
        StringBuilder items = new(_categories.ToString());
        foreach ((int low, int high) in _ranges)
        {
            WriteUnits(items, low, Math.Min(high, 0xD7FF));
            WriteUnits(items, Math.Max(low, 0xE000), Math.Min(high, 0xFFFF));
        }

        List<string> alternatives = [];
        if (_complement)
        {
            alternatives.Add($"[^{items}\\uD800-\\uDFFF]");
        }
        else if (items.Length > 0)
        {
            alternatives.Add(_hasComplementedCategory ? $"[{items}-[\\uD800-\\uDFFF]]" : $"[{items}]");
        }

        foreach ((int low, int high) in _complement ? Complement(_ranges) : _ranges)
        {
            WritePairs(alternatives, Math.Max(low, 0x10000), high);
        }

        return alternatives.Count == 1 ? alternatives[0] : alternatives.Count == 0 ? "[a-[a]]" : $"(?:{string.Join('|', alternatives)})";
    }

    private static string Unit(int unit) => string.Create(CultureInfo.InvariantCulture, $"\\u{unit:X4}");

    private static void WriteUnits(StringBuilder items, int low, int high)
    {
        if (low <= high)
        {
            items.Append(Unit(low));
            if (high > low)
            {
                items.Append('-').Append(Unit(high));
            }
        }
    }

    /// <summary>The surrogate pairs of a range: a first row that starts late, whole rows, a last row that ends early.</summary>
    private static void WritePairs(List<string> alternatives, int low, int high)
    {
        while (low <= high)
        {
            int row = (low - 0x10000) >> 10;
            int lastRow = (high - 0x10000) >> 10;
            int lowUnit = (low - 0x10000) & 0x3FF;
            int highUnit = row == lastRow ? (high - 0x10000) & 0x3FF : 0x3FF;
            if (lowUnit == 0 && row < lastRow)
            {
                lastRow = ((high - 0x10000) & 0x3FF) == 0x3FF ? lastRow : lastRow - 1;
            }
            else
            {
                lastRow = row;
            }

            alternatives.Add(
                $"[{Unit(0xD800 + row)}-{Unit(0xD800 + lastRow)}][{Unit(0xDC00 + lowUnit)}-{Unit(0xDC00 + highUnit)}]");
            low = lastRow > row ? 0x10000 + ((lastRow + 1) << 10) : 0x10000 + (row << 10) + highUnit + 1;
        }
    }

    private static List<(int Low, int High)> Complement(IEnumerable<(int Low, int High)> ranges)
    {
        List<(int Low, int High)> gaps = [];
        int next = 0;
        foreach ((int low, int high) in ranges.Order())
        {
            if (low > next)
            {
                gaps.Add((next, low - 1));
            }

            next = Math.Max(next, high + 1);
        }

        if (next <= Last)
        {
            gaps.Add((next, Last));
        }

        return gaps;
    }

    private void Add(string posix, bool complement) => AddRanges(Posix[posix], complement);

    private void AddRanges((int Low, int High)[] ranges, bool complement) => _ranges.AddRange(complement ? Complement(Folded(ranges)) : ranges);

    /// <summary>The complement of a named class is taken after the cases of its ASCII letters were made one.</summary>
    private (int Low, int High)[] Folded((int Low, int High)[] ranges)
    {
        bool letters = Array.Exists(ranges, range => range.Low is 'a' or 'A' && range.High >= 'Z');
        return ignoreCase && letters ? [.. ranges, ('A', 'Z'), ('a', 'z'), (LongS, LongS), (Kelvin, Kelvin)] : ranges;
    }

    private bool TryReadItem(string pattern, ref int at, [NotNullWhen(false)] out string? what)
    {
        what = null;
        int end = pattern.AsSpan(at).StartsWith("[:", StringComparison.Ordinal) ? pattern.IndexOf(":]", at + 2, StringComparison.Ordinal) : -1;
        if (end >= 0)
        {
            bool complement = pattern[at + 2] == '^';
            string name = pattern[(at + (complement ? 3 : 2))..end];
            at = end + 2;
            if (!Posix.ContainsKey(name))
            {
                what = InvalidRange;
                return false;
            }

            Add(name, complement);
            return true;
        }

        if (!TryReadNamed(pattern, ref at, out bool named))
        {
            what = InvalidRange;
            return false;
        }

        return named || TryReadRange(pattern, ref at, out what);
    }

    private bool TryReadRange(string pattern, ref int at, [NotNullWhen(false)] out string? what)
    {
        if (!TryCharacter(pattern, ref at, out Rune low, out what))
        {
            return false;
        }

        Rune high = low;
        if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']')
        {
            at++;
            if (!TryCharacter(pattern, ref at, out high, out what))
            {
                return false;
            }
        }

        what = high < low ? InvalidRange : null;
        _ranges.Add((low.Value, high.Value));
        return what is null;
    }

    private static bool TryCharacter(string pattern, ref int at, out Rune rune, [NotNullWhen(false)] out string? what)
    {
        what = null;
        if (at == pattern.Length)
        {
            rune = default;
            what = MissingBracket;
            return false;
        }

        if (pattern[at] != '\\')
        {
            Rune.DecodeFromUtf16(pattern.AsSpan(at), out rune, out int units);
            at += units;
            return true;
        }

        int start = at;
        what = RegexEscape.TryRead(pattern, ref at, out rune) ? null : RegexEscape.Trouble(pattern, start);
        return what is null;
    }

    private bool TryCategory(string pattern, ref int at, bool complement)
    {
        int start = at;
        string name;
        if (start + 2 < pattern.Length && pattern[start + 2] == '{')
        {
            int end = pattern.IndexOf('}', start);
            at = end < 0 ? pattern.Length : end + 1;
            name = end < 0 ? "" : pattern[(start + 3)..end];
        }
        else
        {
            at = Math.Min(start + 3, pattern.Length);
            name = pattern[(start + 2)..at];
        }

        if (name.StartsWith('^'))
        {
            complement = !complement;
            name = name[1..];
        }

        if (name == "Any")
        {
            AddRanges([(0, Last)], complement);
            return true;
        }

        if (complement)
        {
            _hasComplementedCategory = true;
            _ranges.Add((0x10000, Last));
        }

        _categories.Append(Categories.Contains(name) ? $"\\{(complement ? 'P' : 'p')}{{{name}}}" : "");
        return Categories.Contains(name);
    }
}
