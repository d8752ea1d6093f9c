using System.Buffers;
using System.Text;

namespace Discovery.Filtering;

/// <summary>A compiled regular expression in RE2's syntax.</summary>
/// <remarks>
/// All alternatives are followed at once, one character at a time, so the work is at most program length times text length, whatever the
/// pattern. .NET's own linear engine is not used, because it builds its automaton as it goes: <c>(.*[^x]{40}){10}</c> made it allocate
/// 14 GB on a text of 512 characters, and filters come from the network. It also differs from RE2 in what characters, words and cases are.
/// </remarks>
internal sealed class RegexProgram
{
    private const int None = -1;
    private readonly RegexInstruction[] _code;

    private RegexProgram(RegexInstruction[]? code, string? error)
    {
        _code = code ?? [];
        Error = error;
    }

    /// <summary>The text of Go's regexp package, or null.</summary>
    public string? Error { get; }

    public static RegexProgram Compile(string pattern)
    {
        if (pattern.Length > FilterExpression.RegexLengthMax)
        {
            return new RegexProgram(
                null, $"the regular expression has {pattern.Length} characters, the limit is {FilterExpression.RegexLengthMax}");
        }

        RegexCompiler compiler = new(pattern);
        return new RegexProgram(compiler.Compile(), compiler.Error);
    }

    /// <summary>Whether the pattern matches somewhere in the text.</summary>
    public bool IsMatch(string text)
    {
        int size = _code.Length;
        int[] rented = ArrayPool<int>.Shared.Rent(size * 4);
        rented.AsSpan(size * 3, size).Clear();
        Run run = new(
            _code, rented.AsSpan(0, size), rented.AsSpan(size, size), rented.AsSpan(size * 2, size), rented.AsSpan(size * 3, size));
        bool matches = run.IsMatch(text);
        ArrayPool<int>.Shared.Return(rented);
        return matches;
    }

    private static int Decode(ReadOnlySpan<char> text, out int units)
    {
        units = 0;
        if (text.IsEmpty)
        {
            return None;
        }

        Rune.DecodeFromUtf16(text, out Rune rune, out units);
        return rune.Value;
    }

    private ref struct Run(RegexInstruction[] code, Span<int> current, Span<int> next, Span<int> pending, Span<int> seen)
    {
        private readonly Span<int> _pending = pending;
        private readonly Span<int> _seen = seen;
        private Span<int> _current = current;
        private Span<int> _next = next;
        private int _round = 1;

        public bool IsMatch(ReadOnlySpan<char> text)
        {
            int before = None;
            int after = Decode(text, out int units);
            int count = 0;
            while (!Follow(0, _current, ref count, before, after))
            {
                if (after == None || (count == 0 && code[0].Op == RegexOp.Start))
                {
                    return false;
                }

                text = text[units..];
                before = after;
                after = Decode(text, out units);
                _round++;
                int nextCount = 0;
                foreach (int at in _current[..count])
                {
                    if (Takes(code[at], before) && Follow(at + 1, _next, ref nextCount, before, after))
                    {
                        return true;
                    }
                }

                count = nextCount;
                Span<int> swap = _current;
                _current = _next;
                _next = swap;
            }

            return true;
        }

        /// <summary>Collects the instructions that take a character and can be reached without taking one.</summary>
        /// <returns>Whether the end of the pattern can be reached so.</returns>
        private readonly bool Follow(int from, Span<int> found, ref int count, int before, int after)
        {
            int depth = 0;
            Push(from, ref depth);
            while (depth > 0)
            {
                int at = _pending[--depth];
                RegexInstruction instruction = code[at];
                switch (instruction.Op)
                {
                    case RegexOp.Match:
                        return true;
                    case RegexOp.Split:
                        Push(at + instruction.Operand, ref depth);
                        Push(at + 1, ref depth);
                        break;
                    case RegexOp.Jump:
                        Push(at + instruction.Operand, ref depth);
                        break;
                    case >= RegexOp.Rune:
                        found[count++] = at;
                        break;
                    default:
                        if (Holds(instruction.Op, before, after))
                        {
                            Push(at + 1, ref depth);
                        }

                        break;
                }
            }

            return false;
        }

        private readonly void Push(int at, ref int depth)
        {
            if (_seen[at] != _round)
            {
                _seen[at] = _round;
                _pending[depth++] = at;
            }
        }

        private static bool Takes(in RegexInstruction instruction, int rune) => instruction.Op switch
        {
            RegexOp.Rune => instruction.Operand == rune,
            RegexOp.Any => true,
            RegexOp.AnyButLineFeed => rune != '\n',
            _ => instruction.Set!.Contains(rune),
        };

        private static bool Holds(RegexOp op, int before, int after) => op switch
        {
            RegexOp.Start => before == None,
            RegexOp.End => after == None,
            RegexOp.LineStart => before is None or '\n',
            RegexOp.LineEnd => after is None or '\n',
            RegexOp.WordBoundary => IsWord(before) != IsWord(after),
            _ => IsWord(before) == IsWord(after),
        };

        private static bool IsWord(int rune) => rune is '_' or (>= '0' and <= '9') or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z');
    }
}
