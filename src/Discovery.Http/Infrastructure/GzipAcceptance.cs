using System.Globalization;

namespace Discovery.Infrastructure;

/// <summary>Reads the Accept-Encoding header.</summary>
internal static class GzipAcceptance
{
    /// <summary>Whether gzip is among what is accepted, with a weight above zero.</summary>
    public static bool Accepts(ReadOnlySpan<char> header)
    {
        foreach (Range part in header.Split(','))
        {
            ReadOnlySpan<char> coding = header[part].Trim();
            int semicolon = coding.IndexOf(';');
            ReadOnlySpan<char> name = semicolon < 0 ? coding : coding[..semicolon].TrimEnd();
            if (!name.Equals("gzip", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            ReadOnlySpan<char> weight = semicolon < 0 ? default : coding[(semicolon + 1)..].Trim();
            return !weight.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
                || !double.TryParse(weight[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
                || value > 0;
        }

        return false;
    }
}
