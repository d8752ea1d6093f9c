using System.Text;

namespace Discovery.Filtering;

/// <summary>Reads RE2 syntax into a program for <see cref="RegexProgram"/>, refusing what RE2 refuses with the same words.</summary>
/// <remarks>
/// Only whether a string matches is asked, so captures become plain groups and lazy repetitions greedy ones. Jumps are relative: a counted
/// repetition copies its body as it stands.
/// </remarks>
internal sealed class RegexCompiler(string pattern)
{
    private const int DepthMax = 100;
    private readonly List<RegexInstruction> _code = [];
    private readonly Stack<Group> _groups = new();
    private Group _group = new(RegexFlags.None, 0, 1);
    private RegexFlags _flags;
    private Atom? _atom;
    private int _at;
    private int _repeats = 1;

    /// <summary>The last thing compiled, to which a repetition applies, and the largest product of nested counts in it.</summary>
    private readonly record struct Atom(int Start, int Repeats);

    private sealed record Group(RegexFlags OuterFlags, int Start, int OuterRepeats)
    {
        public int AlternativeStart { get; set; } = Start;

        public List<int> Jumps { get; } = [];
    }

    public string? Error { get; private set; }

    /// <returns>Null when the pattern is refused.</returns>
    public RegexInstruction[]? Compile()
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
            LimitSize(_code.Count);
        }

        if (Error is null && _groups.Count > 0)
        {
            Fail("missing closing )", pattern);
        }

        PatchJumps();
        _code.Add(new RegexInstruction(RegexOp.Match));
        return Error is null ? [.. _code] : null;
    }

    private void Fail(string what, ReadOnlySpan<char> where) => Error ??= $"error parsing regexp: {what}: `{where}`";

    private bool LimitSize(long size)
    {
        if (size > FilterExpression.RegexSizeMax)
        {
            Fail("expression too large", pattern);
        }

        return Error is null;
    }

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
                Alternative();
                break;
            case '^':
                _at++;
                Write(new RegexInstruction(Has(RegexFlags.Multiline) ? RegexOp.LineStart : RegexOp.Start));
                break;
            case '$':
                _at++;
                Write(new RegexInstruction(Has(RegexFlags.Multiline) ? RegexOp.LineEnd : RegexOp.End));
                break;
            case '.':
                _at++;
                Write(new RegexInstruction(Has(RegexFlags.DotAll) ? RegexOp.Any : RegexOp.AnyButLineFeed));
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

    private void Write(RegexInstruction instruction)
    {
        _atom = new Atom(_code.Count, 1);
        _code.Add(instruction);
    }

    private void Write(RegexClass set) => Write(new RegexInstruction(RegexOp.Class, Set: set.Freeze()));

    private void Literal(Rune rune)
    {
        if (Has(RegexFlags.IgnoreCase) && Rune.IsLetter(rune))
        {
            Write(RegexClass.Of(rune));
        }
        else
        {
            Write(new RegexInstruction(RegexOp.Rune, rune.Value));
        }
    }

    /// <summary>Ends an alternative: a split before it leads behind it, a jump at its end leads behind the group.</summary>
    private void Alternative()
    {
        int start = _group.AlternativeStart;
        _code.Insert(start, new RegexInstruction(RegexOp.Split, _code.Count + 2 - start));
        _group.Jumps.Add(_code.Count);
        _code.Add(new RegexInstruction(RegexOp.Jump));
        _group.AlternativeStart = _code.Count;
        _atom = null;
    }

    private void PatchJumps()
    {
        foreach (int jump in _group.Jumps)
        {
            _code[jump] = new RegexInstruction(RegexOp.Jump, _code.Count - jump);
        }
    }

    private void Open()
    {
        int start = _at++;
        RegexFlags outer = _flags;
        bool opens = true;
        if (_at < pattern.Length && pattern[_at] == '?'
            && !RegexGroupHead.TryRead(pattern, ref _at, ref _flags, out opens, out string? what))
        {
            Fail(what, pattern.AsSpan(start, _at - start));
            return;
        }

        if (!opens)
        {
            return;
        }

        if (_groups.Count == DepthMax)
        {
            Fail("expression nests too deeply", pattern);
            return;
        }

        _groups.Push(_group);
        _group = new Group(outer, _code.Count, _repeats);
        _repeats = 1;
        _atom = null;
    }

    private void Close()
    {
        if (!_groups.TryPop(out Group? outer))
        {
            Fail("unexpected )", pattern);
            return;
        }

        _at++;
        PatchJumps();
        _flags = _group.OuterFlags;
        _atom = new Atom(_group.Start, _repeats);
        _repeats = Math.Max(_repeats, _group.OuterRepeats);
        _group = outer;
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

        if (_atom is null)
        {
            Fail("missing argument to repetition operator", pattern.AsSpan(start, _at - start));
            return false;
        }

        Repeat(_atom.Value, start, min, max);
        return Error is null;
    }

    private void Repeat(Atom atom, int start, int min, int max)
    {
        int repeats = atom.Repeats;
        if (pattern[start] == '{' && Math.Max(min, max) >= 2)
        {
            repeats *= max < 0 ? min : max;
            if (repeats > RegexCount.Max)
            {
                Fail("invalid repeat count", pattern.AsSpan(start, _at - start));
                return;
            }
        }

        RegexInstruction[] body = [.. _code[atom.Start..]];
        if (!LimitSize(atom.Start + ((body.Length + 2L) * Math.Max(1, Math.Max(min, max)))))
        {
            return;
        }

        _code.RemoveRange(atom.Start, body.Length);
        for (int copy = 0; copy < min; copy++)
        {
            _code.AddRange(body);
        }

        if (max < 0 && min > 0)
        {
            _code.Add(new RegexInstruction(RegexOp.Split, -body.Length));
        }
        else if (max < 0)
        {
            _code.Add(new RegexInstruction(RegexOp.Split, body.Length + 2));
            _code.AddRange(body);
            _code.Add(new RegexInstruction(RegexOp.Jump, -body.Length - 1));
        }

        for (int left = max - min; left > 0; left--)
        {
            _code.Add(new RegexInstruction(RegexOp.Split, left * (body.Length + 1)));
            _code.AddRange(body);
        }

        _atom = new Atom(atom.Start, repeats);
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
                Write(new RegexInstruction(
                    kind switch { 'A' => RegexOp.Start, 'z' => RegexOp.End, 'b' => RegexOp.WordBoundary, _ => RegexOp.NoWordBoundary }));
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
