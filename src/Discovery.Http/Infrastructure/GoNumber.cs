using System.Globalization;

namespace Discovery.Infrastructure;

/// <summary>Writes a float64 as Go's JSON encoder does: the shortest digits; with an exponent only below 1e-6 and from 1e21 on.</summary>
internal static class GoNumber
{
    /// <summary>Chars that are always enough.</summary>
    public const int LengthMax = 32;

    public static string Format(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int at = text.IndexOf('E', StringComparison.Ordinal);
        if (at < 0)
        {
            return text;
        }

        int exponent = int.Parse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent is < -6 or >= 21
            ? string.Create(CultureInfo.InvariantCulture, $"{text[..at]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}")
            : Plain(text[..at], exponent);
    }

    private static string Plain(string mantissa, int exponent)
    {
        string sign = mantissa[0] == '-' ? "-" : "";
        string digits = mantissa[sign.Length..].Replace(".", "", StringComparison.Ordinal);
        return exponent < 0
            ? $"{sign}0.{new string('0', -exponent - 1)}{digits}"
            : sign + (digits.Length > exponent + 1
                ? $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}"
                : digits.PadRight(exponent + 1, '0'));
    }
}
