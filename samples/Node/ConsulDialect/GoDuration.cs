using System.Globalization;

namespace Discovery.Node.ConsulDialect;

/// <summary>Durations as Go writes them: <c>10s</c>, <c>1m30s</c>, <c>1.5h</c>, <c>-500ms</c>, <c>0</c>.</summary>
internal static class GoDuration
{
    private static readonly (string Name, double Ticks)[] s_units =
    [
        ("ns", 0.01), ("us", 10), ("µs", 10), ("μs", 10), ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Reads a duration.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The duration, to 100 ns.</param>
    /// <returns>Null, or what is wrong in Go's words.</returns>
    public static string? TryParse(string text, out TimeSpan value)
    {
        value = default;
        string rest = text;
        bool isNegative = rest.StartsWith('-');
        if (isNegative || rest.StartsWith('+'))
        {
            rest = rest[1..];
        }

        if (rest == "0")
        {
            return null;
        }

        if (rest.Length == 0)
        {
            return Invalid(text);
        }

        double ticks = 0;
        while (rest.Length > 0)
        {
            int digits = Length(rest, static c => char.IsAsciiDigit(c) || c == '.');
            string number = rest[..digits];
            if (!number.Any(char.IsAsciiDigit) || number.Count(static c => c == '.') > 1)
            {
                return Invalid(text);
            }

            rest = rest[digits..];
            int letters = Length(rest, static c => !char.IsAsciiDigit(c) && c != '.');
            string unit = rest[..letters];
            rest = rest[letters..];
            if (unit.Length == 0)
            {
                return $"time: missing unit in duration {Quote(text)}";
            }

            int at = Array.FindIndex(s_units, known => known.Name == unit);
            if (at < 0)
            {
                return $"time: unknown unit {Quote(unit)} in duration {Quote(text)}";
            }

            ticks += double.Parse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * s_units[at].Ticks;
            if (ticks > long.MaxValue / 100)
            {
                return Invalid(text);
            }
        }

        value = TimeSpan.FromTicks((long)Math.Round(isNegative ? -ticks : ticks));
        return null;
    }

    private static string Invalid(string text) => $"time: invalid duration {Quote(text)}";

    private static string Quote(string text) => $"\"{text}\"";

    private static int Length(string text, Func<char, bool> isPart)
    {
        int length = 0;
        while (length < text.Length && isPart(text[length]))
        {
            length++;
        }

        return length;
    }
}
