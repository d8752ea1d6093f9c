namespace Discovery.Wire;

/// <summary>Durations as Go's time package writes and reads them: <c>1m30s</c>, <c>1.5h</c>, <c>100ms</c>.</summary>
/// <remarks>
/// Go counts a signed 64-bit number of nanoseconds, some 292 years; text beyond that is refused. <see cref="TimeSpan"/> counts 100 ns:
/// finer digits are cut off toward zero. Use the nanosecond forms where a value must come back exactly.
/// </remarks>
internal static class GoDuration
{
    /// <summary>Chars that are always enough for the <c>TryFormat</c> methods.</summary>
    public const int LengthMax = 32;

    private const ulong NanosecondsMax = 1UL << 63;
    private const uint NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Reads a duration; false when Go would refuse it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan value)
    {
        bool parsed = TryParseNanoseconds(text, out long nanoseconds);
        value = new TimeSpan(nanoseconds / 100);
        return parsed;
    }

    /// <summary>Reads a duration in nanoseconds; false when Go would refuse it.</summary>
    public static bool TryParseNanoseconds(ReadOnlySpan<char> text, out long nanoseconds)
    {
        nanoseconds = 0;
        bool negative = false;
        if (text is ['-' or '+', ..])
        {
            negative = text[0] == '-';
            text = text[1..];
        }

        if (text is "0")
        {
            return true;
        }

        if (text.IsEmpty)
        {
            return false;
        }

        ulong total = 0;
        while (!text.IsEmpty)
        {
            if (!TryTakeTerm(ref text, out ulong term))
            {
                return false;
            }

            total += term;
            if (total > NanosecondsMax)
            {
                return false;
            }
        }

        if (total == NanosecondsMax && !negative)
        {
            return false;
        }

        nanoseconds = negative ? unchecked(-(long)total) : (long)total;
        return true;
    }

    /// <summary>The text that Go prints for a duration.</summary>
    public static string Format(TimeSpan value)
    {
        Span<char> text = stackalloc char[LengthMax];
        TryFormat(value, text, out int written);
        return new string(text[..written]);
    }

    /// <summary>The text that Go prints for a duration of nanoseconds.</summary>
    public static string FormatNanoseconds(long nanoseconds)
    {
        Span<char> text = stackalloc char[LengthMax];
        TryFormatNanoseconds(nanoseconds, text, out int written);
        return new string(text[..written]);
    }

    /// <summary>Writes the text that Go prints for a duration; false when it does not fit.</summary>
    public static bool TryFormat(TimeSpan value, Span<char> destination, out int written)
    {
        ulong ticks = Magnitude(value.Ticks);
        uint nanoseconds = (uint)(ticks % TimeSpan.TicksPerSecond) * 100;
        return TryPrint(value.Ticks < 0, ticks / TimeSpan.TicksPerSecond, nanoseconds, destination, out written);
    }

    /// <summary>Writes the text that Go prints for a duration of nanoseconds; false when it does not fit.</summary>
    public static bool TryFormatNanoseconds(long nanoseconds, Span<char> destination, out int written)
    {
        ulong magnitude = Magnitude(nanoseconds);
        uint rest = (uint)(magnitude % NanosecondsPerSecond);
        return TryPrint(nanoseconds < 0, magnitude / NanosecondsPerSecond, rest, destination, out written);
    }

    private static ulong Magnitude(long value) => value < 0 ? 0 - (ulong)value : (ulong)value;

    // Written from the end, the smallest unit first.
    private static bool TryPrint(bool negative, ulong seconds, uint nanoseconds, Span<char> destination, out int written)
    {
        Span<char> text = stackalloc char[LengthMax];
        int start = text.Length;
        text[--start] = 's';
        if (seconds > 0)
        {
            PutFraction(text, ref start, nanoseconds, 9);
            PutInteger(text, ref start, seconds % 60);
            if (seconds >= 60)
            {
                text[--start] = 'm';
                PutInteger(text, ref start, seconds / 60 % 60);
            }

            if (seconds >= 3600)
            {
                text[--start] = 'h';
                PutInteger(text, ref start, seconds / 3600);
            }
        }
        else if (nanoseconds == 0)
        {
            text[--start] = '0';
        }
        else
        {
            (char prefix, int digits, uint unit) = nanoseconds switch
            {
                < 1_000 => ('n', 0, 1u),
                < 1_000_000 => ('\u00b5', 3, 1_000u),
                _ => ('m', 6, 1_000_000u),
            };
            text[--start] = prefix;
            PutFraction(text, ref start, nanoseconds % unit, digits);
            PutInteger(text, ref start, nanoseconds / unit);
        }

        if (negative)
        {
            text[--start] = '-';
        }

        ReadOnlySpan<char> result = text[start..];
        bool fits = result.TryCopyTo(destination);
        written = fits ? result.Length : 0;
        return fits;
    }

    private static void PutFraction(Span<char> text, ref int start, uint value, int digits)
    {
        if (value == 0)
        {
            return;
        }

        bool significant = false;
        for (; digits > 0; digits--)
        {
            significant |= value % 10 != 0;
            if (significant)
            {
                text[--start] = (char)('0' + (value % 10));
            }

            value /= 10;
        }

        text[--start] = '.';
    }

    private static void PutInteger(Span<char> text, ref int start, ulong value)
    {
        do
        {
            text[--start] = (char)('0' + (value % 10));
            value /= 10;
        }
        while (value > 0);
    }

    private static bool TryTakeTerm(ref ReadOnlySpan<char> text, out ulong nanoseconds)
    {
        nanoseconds = 0;
        int digits = 0;
        ulong whole = 0;
        for (; digits < text.Length && char.IsAsciiDigit(text[digits]); digits++)
        {
            if (whole > NanosecondsMax / 10)
            {
                return false;
            }

            whole = (whole * 10) + (uint)(text[digits] - '0');
            if (whole > NanosecondsMax)
            {
                return false;
            }
        }

        bool any = digits > 0;
        text = text[digits..];
        ulong fraction = 0;
        double scale = 1;
        if (text is ['.', ..])
        {
            any |= TakeFraction(ref text, out fraction, out scale);
        }

        if (!any || !TryTakeUnit(ref text, out ulong unit) || whole > NanosecondsMax / unit)
        {
            return false;
        }

        // In floating point, as Go does it: the digits beyond a nanosecond must be lost in the same way.
        nanoseconds = (whole * unit) + (ulong)(fraction * (unit / scale));
        return nanoseconds <= NanosecondsMax;
    }

    private static bool TakeFraction(ref ReadOnlySpan<char> text, out ulong fraction, out double scale)
    {
        fraction = 0;
        scale = 1;
        int at = 1;
        bool full = false;
        for (; at < text.Length && char.IsAsciiDigit(text[at]); at++)
        {
            ulong next = (fraction * 10) + (uint)(text[at] - '0');
            full |= fraction > (NanosecondsMax - 1) / 10 || next > NanosecondsMax;
            if (!full)
            {
                fraction = next;
                scale *= 10;
            }
        }

        text = text[at..];
        return at > 1;
    }

    private static bool TryTakeUnit(ref ReadOnlySpan<char> text, out ulong unit)
    {
        int length = text.IndexOfAny(".0123456789");
        ReadOnlySpan<char> name = length < 0 ? text : text[..length];
        unit = name switch
        {
            "ns" => 1,
            "us" or "\u00b5s" or "\u03bcs" => 1_000,
            "ms" => 1_000_000,
            "s" => NanosecondsPerSecond,
            "m" => 60UL * NanosecondsPerSecond,
            "h" => 3600UL * NanosecondsPerSecond,
            _ => 0,
        };
        text = text[name.Length..];
        return unit != 0;
    }
}
