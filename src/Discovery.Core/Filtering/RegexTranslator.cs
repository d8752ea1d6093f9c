using System.Globalization;
using System.Text;

namespace Discovery.Filtering;

/// <summary>Reads RE2 syntax, and writes a .NET pattern that tells the same strings apart.</summary>
/// <remarks>
/// Only whether a string matches is asked, so captures become plain groups and lazy repetitions greedy ones. RE2 sees characters where .NET
/// sees UTF-16 code units: a class or dot that takes characters beyond the basic plane is written as an alternative with surrogate pairs.
/// Flags are written on each literal and class, never on a stretch of pattern.
/// </remarks>
internal sealed class RegexTranslator(string pattern)
{
    private const int DepthMax = 100;
    private readonly StringBuilder _output = new();
    private readonly Stack<Group> _groups = new();
    private RegexFlags _flags;
    private Atom _atom;
    private int _at;
    private int _size;
    private int _loops;
    private int _branches;
    private int _repeats = 1;

    [Flags]
    private enum RegexFlags
    {
        None = 0,
        IgnoreCase = 1,
        Multiline = 2,
        DotAll = 4,
    }

    /// <summary>The last thing written, to which a repetition applies.</summary>
    /// <param name="Start">Where it starts in the output.</param>
    /// <param name="Size">Its characters and classes, counted repetitions written out.</param>
    /// <param name="Loops">Its repetitions of no fixed count, likewise, and repeated alternatives: these make the automaton large.</param>
    /// <param name="Branches">Its alternatives that are not repeated.</param>
    /// <param name="Repeats">The largest product of nested counts in it.</param>
    private readonly record struct Atom(int Start, int Size, int Loops, int Branches, int Repeats)
    {
        public bool Exists => Size > 0;
    }

    private readonly record struct Group(
        RegexFlags Flags, int Start, int SizeBefore, int LoopsBefore, int BranchesBefore, int RepeatsBefore);

    public string? Error { get; private set; }

    public bool TryTranslate(out string translated)
    {
        int repeatStart = -1;
        while (_at < pattern.Length && Error is null)
        {
            int start = _at;
            bool repeated = TryRepetition(repeatStart);
            if (!repeated && Error is null)
            {
                One();
            }

            repeatStart = !repeated ? -1 : repeatStart < 0 ? start : repeatStart;
            if (_size > FilterExpression.RegexSizeMax || (long)_loops * _loops * _size > FilterExpression.RegexWorkMax)
            {
                Fail("expression too large", pattern);
            }
        }

        if (Error is null && _groups.Count > 0)
        {
            Fail("missing closing )", pattern);
        }

        translated = Error is null ? _output.ToString() : "";
        return Error is null;
    }

    private void Fail(string what, ReadOnlySpan<char> where) => Error ??= $"error parsing regexp: {what}: `{where}`";

    private void One()
    {
        switch (pattern[_at])
        {
            case '(':
                Open();
                break;
            case ')':
                Close();
                break;
            case '|':
                _at++;
                _output.Append('|');
                _branches++;
                _atom = default;
                break;
            case '^':
                _at++;
                Write(Has(RegexFlags.Multiline) ? "(?m:^)" : "(?:\\A)");
                break;
            case '$':
                _at++;
                Write(Has(RegexFlags.Multiline) ? "(?m:$)" : "(?:\\z)");
                break;
            case '.':
                _at++;
                Write(Has(RegexFlags.DotAll) ? RegexClass.AnyCharacter : RegexClass.AnyButLineFeed);
                break;
            case '[':
                Class();
                break;
            case '\\':
                Escape();
                break;
            default:
                Literal(NextRune());
                break;
        }
    }

    private bool Has(RegexFlags flag) => (_flags & flag) != 0;

    private Rune NextRune()
    {
        Rune.DecodeFromUtf16(pattern.AsSpan(_at), out Rune rune, out int units);
        _at += units;
        return rune;
    }

    private void Write(string written)
    {
        _atom = new Atom(_output.Length, 1, 0, 0, 1);
        _output.Append(written);
        _size++;
    }

    private void Literal(Rune rune)
    {
        string written = RegexClass.Literal(rune);
        Write(Has(RegexFlags.IgnoreCase) && Rune.IsLetter(rune) ? $"(?i:{written})" : written);
    }

    private void Write(RegexClass set) => Write(Has(RegexFlags.IgnoreCase) ? $"(?i:{set.Write()})" : set.Write());

    private void Open()
    {
        int start = _at++;
        RegexFlags outer = _flags;
        bool opens = true;
        if ((_at < pattern.Length && pattern[_at] == '?' && !TryGroupHead(start, out opens)) || !opens)
        {
            return;
        }

        if (_groups.Count == DepthMax)
        {
            Fail("expression nests too deeply", pattern);
            return;
        }

        _groups.Push(new Group(outer, _output.Length, _size, _loops, _branches, _repeats));
        _output.Append("(?:");
        _repeats = 1;
        _atom = default;
    }

    private void Close()
    {
        if (!_groups.TryPop(out Group group))
        {
            Fail("unexpected )", pattern);
            return;
        }

        _at++;
        _output.Append(')');
        _size++;
        _flags = group.Flags;
        _atom = new Atom(group.Start, _size - group.SizeBefore, _loops - group.LoopsBefore, _branches - group.BranchesBefore, _repeats);
        _repeats = Math.Max(_repeats, group.RepeatsBefore);
    }

    /// <summary>Reads what follows <c>(?</c>: a capture's name, or flags with a colon or a closing parenthesis.</summary>
    private bool TryGroupHead(int start, out bool opens)
    {
        opens = true;
        ReadOnlySpan<char> rest = pattern.AsSpan(start);
        if (rest.Length > 4 && rest.StartsWith("(?P<", StringComparison.Ordinal))
        {
            int end = rest.IndexOf('>');
            ReadOnlySpan<char> name = end < 0 ? [] : rest[4..end];
            bool valid = !name.IsEmpty;
            foreach (char letter in name)
            {
                valid &= char.IsAsciiLetterOrDigit(letter) || letter == '_';
            }

            if (!valid)
            {
                Fail("invalid named capture", end < 0 ? rest : rest[..(end + 1)]);
                return false;
            }

            _at = start + end + 1;
            return true;
        }

        return TryFlags(start, out opens);
    }

    private bool TryFlags(int start, out bool opens)
    {
        RegexFlags flags = _flags;
        bool adding = true;
        bool seen = false;
        opens = false;
        _at++;
        while (_at < pattern.Length)
        {
            Rune letter = NextRune();
            RegexFlags flag = letter.Value switch
            {
                'i' => RegexFlags.IgnoreCase,
                'm' => RegexFlags.Multiline,
                's' => RegexFlags.DotAll,
                _ => RegexFlags.None,
            };
            if (flag != RegexFlags.None || letter.Value == 'U')
            {
                flags = adding ? flags | flag : flags & ~flag;
                seen = true;
            }
            else if (letter.Value == '-' && adding)
            {
                adding = false;
                seen = false;
            }
            else if (letter.Value is ':' or ')' && (adding || seen))
            {
                opens = letter.Value == ':';
                _flags = flags;
                return true;
            }
            else
            {
                break;
            }
        }

        Fail("invalid or unsupported Perl syntax", pattern.AsSpan(start, _at - start));
        return false;
    }

    private bool TryRepetition(int repeatStart)
    {
        int start = _at;
        if (!RegexCount.TryRead(pattern, ref _at, out int min, out int max))
        {
            return false;
        }

        if (min > RegexCount.Max || max > RegexCount.Max || (max >= 0 && min > max))
        {
            Fail("invalid repeat count", pattern.AsSpan(start, _at - start));
            return false;
        }

        if (_at < pattern.Length && pattern[_at] == '?')
        {
            _at++;
        }

        if (repeatStart >= 0)
        {
            Fail("invalid nested repetition operator", pattern.AsSpan(repeatStart, _at - repeatStart));
            return false;
        }

        if (!_atom.Exists)
        {
            Fail("missing argument to repetition operator", pattern.AsSpan(start, _at - start));
            return false;
        }

        Repeat(start, min, max);
        return Error is null;
    }

    private void Repeat(int start, int min, int max)
    {
        int largest = Math.Max(min, max);
        int repeats = _atom.Repeats;
        if (pattern[start] == '{' && largest >= 2)
        {
            repeats *= max < 0 ? min : max;
            if (repeats > RegexCount.Max)
            {
                Fail("invalid repeat count", pattern.AsSpan(start, _at - start));
                return;
            }
        }

        int size = _atom.Size * Math.Max(largest, 1);
        int loops = ((_atom.Loops + _atom.Branches) * Math.Max(largest, 1)) + (min == max ? 0 : 1);
        _size += size - _atom.Size;
        _loops += loops - _atom.Loops;
        _branches -= _atom.Branches;
        _output.Insert(_atom.Start, "(?:").Append(')');
        _output.Append(CultureInfo.InvariantCulture, $"{{{min},{(max < 0 ? "" : max.ToString(CultureInfo.InvariantCulture))}}}");
        _atom = new Atom(_atom.Start, size, loops, 0, repeats);
        _repeats = Math.Max(_repeats, repeats);
    }

    private void Class()
    {
        if (RegexClass.TryRead(pattern, Has(RegexFlags.IgnoreCase), ref _at, out RegexClass set, out string? what, out Range where))
        {
            Write(set);
        }
        else
        {
            Fail(what, pattern.AsSpan()[where]);
        }
    }

    private void Escape()
    {
        char kind = _at + 1 < pattern.Length ? pattern[_at + 1] : '\0';
        switch (kind)
        {
            case 'A' or 'b' or 'B' or 'z':
                _at += 2;
                Write($"(?:\\{kind})");
                return;
            case 'Q':
                Quoted();
                return;
        }

        int start = _at;
        RegexClass set = new(Has(RegexFlags.IgnoreCase));
        if (set.TryReadNamed(pattern, ref _at, out bool named))
        {
            if (named)
            {
                Write(set);
            }
            else if (RegexEscape.TryRead(pattern, ref _at, out Rune rune))
            {
                Literal(rune);
            }
            else
            {
                bool trailing = start + 1 == pattern.Length;
                Fail(RegexEscape.Trouble(pattern, start), trailing ? "" : pattern.AsSpan(start, _at - start));
            }
        }
        else
        {
            Fail(RegexClass.InvalidRange, pattern.AsSpan(start, _at - start));
        }
    }

    private void Quoted()
    {
        int end = pattern.IndexOf("\\E", _at + 2, StringComparison.Ordinal);
        int stop = end < 0 ? pattern.Length : end;
        _at += 2;
        while (_at < stop)
        {
            Literal(NextRune());
        }

        _at = end < 0 ? stop : stop + 2;
    }
}
