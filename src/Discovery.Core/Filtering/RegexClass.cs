using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Discovery.Filtering;

/// <summary>A set of characters: a union of ranges and general categories, or the complement of one.</summary>
internal sealed class RegexClass(bool ignoreCase)
{
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

    /// <summary>Two-letter names in the order of <see cref="UnicodeCategory"/>; the last, unassigned, is in no category of RE2.</summary>
    private const string CategoryNames = "LuLlLtLmLoMnMcMeNdNlNoZsZlZpCcCfCsCoPcPdPsPePiPfPoSmScSkSo";

    private readonly List<Item> _items = [];
    private bool _complement;
    private UInt128 _ascii;

    /// <summary>Ranges and a bit for each category; the complement is taken after the cases of letters were made one.</summary>
    private readonly record struct Item((int Low, int High)[] Ranges, int Categories, bool Complement);

    /// <summary>One character in all its cases.</summary>
    public static RegexClass Of(Rune rune)
    {
        RegexClass set = new(ignoreCase: true);
        set.Add([(rune.Value, rune.Value)], complement: false);
        return set;
    }

    /// <summary>Computes the answers for ASCII once.</summary>
    public RegexClass Freeze()
    {
        for (int rune = 0; rune < 128; rune++)
        {
            _ascii |= Compute(rune) ? UInt128.One << rune : 0;
        }

        return this;
    }

    public bool Contains(int rune) => rune < 128 ? (_ascii >> rune & 1) != 0 : Compute(rune);

    private bool Compute(int rune)
    {
        foreach (Item item in _items)
        {
            if ((ignoreCase ? HasAnyCase(item, rune) : Has(item, rune)) != item.Complement)
            {
                return !_complement;
            }
        }

        return _complement;
    }

    private static bool HasAnyCase(in Item item, int value)
    {
        Rune rune = new(value);
        Rune lower = Rune.ToLowerInvariant(rune);
        Rune upper = Rune.ToUpperInvariant(rune);
        return Has(item, value) || Has(item, lower.Value) || Has(item, upper.Value) || Has(item, Rune.ToLowerInvariant(upper).Value)
            || Has(item, Rune.ToUpperInvariant(lower).Value)
            || (lower.Value == 'k' && Has(item, Kelvin)) || (lower.Value == 's' && Has(item, LongS));
    }

    private static bool Has(in Item item, int rune)
    {
        foreach ((int low, int high) in item.Ranges)
        {
            if (rune >= low && rune <= high)
            {
                return true;
            }
        }

        return item.Categories != 0 && (item.Categories >> (int)Rune.GetUnicodeCategory(new Rune(rune)) & 1) != 0;
    }

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
                where = what switch
                {
                    MissingBracket => start..pattern.Length,
                    TrailingBackslash => at..at,
                    _ => FailedPart(pattern, item, at, what),
                };
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
                Add(Posix["digit"], kind == 'D');
                break;
            case 's' or 'S':
                Add([('\t', '\n'), ('\f', '\r'), (' ', ' ')], kind == 'S');
                break;
            case 'w' or 'W':
                Add(Posix["word"], kind == 'W');
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

    private void Add((int Low, int High)[] ranges, bool complement) => _items.Add(new Item(ranges, 0, complement));

    private bool TryReadItem(string pattern, ref int at, [NotNullWhen(false)] out string? what)
    {
        what = null;
        bool posix = string.CompareOrdinal(pattern, at, "[:", 0, 2) == 0;
        int end = posix ? pattern.IndexOf(":]", at + 2, StringComparison.Ordinal) : -1;
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

            Add(Posix[name], complement);
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
        Add([(low.Value, high.Value)], complement: false);
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
            Add([(0, Last)], complement);
            return true;
        }

        int categories = CategoriesOf(name);
        _items.Add(new Item([], categories, complement));
        return categories != 0;
    }

    /// <summary>A two-letter name is one category, its first letter alone all that begin with it.</summary>
    private static int CategoriesOf(string name)
    {
        int categories = 0;
        for (int at = 0; at < CategoryNames.Length / 2 && name.Length is 1 or 2; at++)
        {
            ReadOnlySpan<char> known = CategoryNames.AsSpan(at * 2, 2);
            categories |= known.StartsWith(name, StringComparison.Ordinal) ? 1 << at : 0;
        }

        return categories;
    }
}
