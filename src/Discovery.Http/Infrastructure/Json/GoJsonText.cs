using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Discovery.Infrastructure;

/// <summary>Strings and names as Go's decoder takes them: what is no UTF-8, or half a surrogate pair, becomes U+FFFD. Pure.</summary>
internal static class GoJsonText
{
    /// <summary>The text inside the quotes of a valid JSON string.</summary>
    public static string Read(ReadOnlySpan<byte> inside)
    {
        if (!inside.Contains((byte)'\\') && Utf8.IsValid(inside))
        {
            return Encoding.UTF8.GetString(inside);
        }

        var text = new StringBuilder(inside.Length);
        while (!inside.IsEmpty)
        {
            if (inside[0] == '\\')
            {
                AppendEscape(text, ref inside);
                continue;
            }

            // A byte that begins nothing valid is one U+FFFD, and the next byte is looked at anew.
            OperationStatus status = Rune.DecodeFromUtf8(inside, out Rune rune, out int consumed);
            text.Append(rune.ToString());
            inside = inside[(status == OperationStatus.Done ? consumed : 1)..];
        }

        return text.ToString();
    }

    /// <summary>Whether two names are one for Go: letters in any case, and the two characters beyond ASCII that fold to s and k.</summary>
    /// <param name="given">The name inside the quotes of a valid JSON string.</param>
    /// <param name="name">The name of the field, in ASCII.</param>
    public static bool IsSameName(ReadOnlySpan<byte> given, string name)
    {
        if (given.Length == name.Length)
        {
            return Ascii.EqualsIgnoreCase(given, name);
        }

        return given.Length > name.Length && (given.Contains((byte)'\\') || !Ascii.IsValid(given))
            && string.Equals(Fold(Read(given)), name, StringComparison.OrdinalIgnoreCase);
    }

    private static string Fold(string text) => text.Replace('\u017F', 's').Replace('\u212A', 'k');

    private static void AppendEscape(StringBuilder text, ref ReadOnlySpan<byte> rest)
    {
        byte kind = rest[1];
        if (kind != 'u')
        {
            text.Append(kind switch
            {
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                _ => (char)kind,
            });
            rest = rest[2..];
            return;
        }

        char unit = Unit(rest);
        rest = rest[6..];
        if (char.IsHighSurrogate(unit) && rest.Length >= 6 && rest[0] == '\\' && rest[1] == 'u' && char.IsLowSurrogate(Unit(rest)))
        {
            text.Append(unit).Append(Unit(rest));
            rest = rest[6..];
        }
        else
        {
            text.Append(char.IsSurrogate(unit) ? '\uFFFD' : unit);
        }
    }

    // The four digits of an escape.
    private static char Unit(ReadOnlySpan<byte> escape) =>
        Utf8Parser.TryParse(escape.Slice(2, 4), out ushort unit, out int read, 'x') && read == 4
            ? (char)unit
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"no escape of four digits: {escape.Length}"));
}
