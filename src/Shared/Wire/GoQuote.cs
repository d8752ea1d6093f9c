using System.Globalization;
using System.Text;

namespace Discovery.Wire;

/// <summary>Text as Go writes it in quotes: its <c>%q</c>.</summary>
internal static class GoQuote
{
    /// <summary>A text in double quotes.</summary>
    public static string Quote(string text)
    {
        StringBuilder quoted = new("\"", text.Length + 2);
        foreach (Rune rune in text.EnumerateRunes())
        {
            Append(quoted, rune, '"');
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>One character in single quotes.</summary>
    public static string QuoteCharacter(char character)
    {
        StringBuilder quoted = new("'");
        Append(quoted, Rune.TryCreate(character, out Rune rune) ? rune : Rune.ReplacementChar, '\'');
        return quoted.Append('\'').ToString();
    }

    private static void Append(StringBuilder quoted, Rune rune, char quote)
    {
        switch (rune.Value)
        {
            case var value when value == quote || value == '\\':
                quoted.Append('\\').Append((char)value);
                break;
            case >= '\a' and <= '\r':
                quoted.Append('\\').Append("abtnvfr"[rune.Value - '\a']);
                break;
            case < ' ':
                quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
                break;
            default:
                AppendPrintable(quoted, rune);
                break;
        }
    }

    private static void AppendPrintable(StringBuilder quoted, Rune rune)
    {
        bool printable = Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.SpaceSeparator => rune.Value == ' ',
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => false,
            _ => true,
        };
        if (printable)
        {
            quoted.Append(rune.ToString());
        }
        else
        {
            quoted.Append(rune.IsBmp ? "\\u" : "\\U").Append(rune.Value.ToString(rune.IsBmp ? "x4" : "x8", CultureInfo.InvariantCulture));
        }
    }
}
