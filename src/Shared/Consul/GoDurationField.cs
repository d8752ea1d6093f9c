using System.Globalization;
using Discovery.Wire;

namespace Discovery.Consul;

/// <summary>A duration as it stands in a request: a Go string, or a number of nanoseconds; anything else counts as not given.</summary>
internal struct GoDurationField
{
    private string? _text;
    private double? _nanoseconds;

    /// <summary>Whether anything but null was given.</summary>
    public readonly bool IsGiven => _text is not null || _nanoseconds is not null || IsIgnored;

    /// <summary>Whether a value was given that is neither a string nor a number.</summary>
    public bool IsIgnored { readonly get; private set; }

    /// <summary>Nothing, or what is never looked at.</summary>
    public static GoDurationField Other(bool isIgnored) => new() { IsIgnored = isIgnored };

    public static GoDurationField Of(string text) => new() { _text = text };

    public static GoDurationField Of(double nanoseconds) => new() { _nanoseconds = nanoseconds };

    /// <summary>The duration; null when none was given.</summary>
    /// <returns>Null, or what is wrong with the string.</returns>
    public readonly string? TryGet(out TimeSpan? value)
    {
        value = null;
        if (_nanoseconds is { } number)
        {
            value = ToTime(ToNanoseconds(number));
            return null;
        }

        if (_text is null)
        {
            return null;
        }

        if (GoDuration.TryParseNanoseconds(_text, out long nanoseconds))
        {
            value = ToTime(nanoseconds);
            return null;
        }

        return Trouble(_text);
    }

    // Out of range is the least number, as the processor has it that Go relies on.
    private static long ToNanoseconds(double number) =>
        number is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)number : long.MinValue;

    // A part of 100 ns still is a time, and not none.
    private static TimeSpan ToTime(long nanoseconds)
    {
        long ticks = nanoseconds / 100;
        return new TimeSpan(ticks == 0 ? Math.Sign(nanoseconds) : ticks);
    }

    /// <summary>The nanoseconds; null when none were given, 0 for what is neither a string nor a number.</summary>
    /// <returns>Null, or what is wrong with the string.</returns>
    public readonly string? TryGetNanoseconds(out long? value)
    {
        value = _nanoseconds is { } number ? ToNanoseconds(number) : IsIgnored ? 0 : null;
        if (_text is null)
        {
            return null;
        }

        bool isRead = GoDuration.TryParseNanoseconds(_text, out long nanoseconds);
        value = nanoseconds;
        return isRead ? null : Trouble(_text);
    }

    /// <summary>Go's words for a text that is no duration; the text stands in them as it is.</summary>
    public static string Trouble(string text)
    {
        string quoted = $"\"{text}\"";
        ReadOnlySpan<char> rest = text;
        rest = rest is ['+' or '-', ..] ? rest[1..] : rest;
        while (!rest.IsEmpty)
        {
            int number = rest.IndexOfAnyExceptInRange('0', '9');
            number = number < 0 ? rest.Length : number;
            ReadOnlySpan<char> whole = rest[..number];
            rest = rest[number..];
            int fraction = 0;
            if (rest is ['.', ..])
            {
                rest = rest[1..];
                fraction = rest.IndexOfAnyExceptInRange('0', '9');
                fraction = fraction < 0 ? rest.Length : fraction;
                rest = rest[fraction..];
            }

            bool isTooBig = whole.Length > 0
                && (!ulong.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) || value > long.MaxValue);
            if (isTooBig || whole.Length + fraction == 0)
            {
                break;
            }

            int unit = rest.IndexOfAny(".0123456789");
            unit = unit < 0 ? rest.Length : unit;
            if (unit == 0)
            {
                return $"time: missing unit in duration {quoted}";
            }

            if (rest[..unit] is not ("ns" or "us" or "\u00b5s" or "\u03bcs" or "ms" or "s" or "m" or "h"))
            {
                return $"time: unknown unit \"{rest[..unit]}\" in duration {quoted}";
            }

            rest = rest[unit..];
        }

        return $"time: invalid duration {quoted}";
    }
}
