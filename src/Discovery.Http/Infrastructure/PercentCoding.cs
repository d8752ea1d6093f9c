using System.Text;

namespace Discovery.Infrastructure;

/// <summary>Percent encoding as Go writes and reads it.</summary>
internal static class PercentCoding
{
    /// <summary>Decodes into UTF-8; a percent sign without two hexadecimal digits stays as it is.</summary>
    /// <returns>The bytes written; <paramref name="bytes"/> must hold what the text is in UTF-8.</returns>
    public static int Decode(ReadOnlySpan<char> text, bool plusIsSpace, Span<byte> bytes)
    {
        int written = 0;
        while (!text.IsEmpty)
        {
            int plain = plusIsSpace ? text.IndexOfAny('%', '+') : text.IndexOf('%');
            plain = plain < 0 ? text.Length : plain;
            written += Encoding.UTF8.GetBytes(text[..plain], bytes[written..]);
            text = text[plain..];
            if (text.IsEmpty)
            {
                break;
            }

            if (text[0] == '%' && text.Length > 2 && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]))
            {
                bytes[written++] = (byte)((Nibble(text[1]) << 4) | Nibble(text[2]));
                text = text[3..];
            }
            else
            {
                bytes[written++] = text[0] == '+' ? (byte)' ' : (byte)'%';
                text = text[1..];
            }
        }

        return written;
    }

    /// <summary>Encodes a path for a Location header.</summary>
    public static string EncodePath(string path) => Encode(Encoding.UTF8.GetBytes(path), "-_.~$&+,/:;=@");

    /// <summary>Encodes a key or a value of a query string; a space is a plus.</summary>
    public static string EncodeQuery(ReadOnlySpan<byte> text) => Encode(text, "-_.~ ").Replace(' ', '+');

    private static string Encode(ReadOnlySpan<byte> text, string plain)
    {
        var encoded = new StringBuilder(text.Length + 16);
        foreach (byte b in text)
        {
            char c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || plain.Contains(c, StringComparison.Ordinal))
            {
                encoded.Append(c);
            }
            else
            {
                encoded.Append('%').Append("0123456789ABCDEF"[b >> 4]).Append("0123456789ABCDEF"[b & 15]);
            }
        }

        return encoded.ToString();
    }

    private static int Nibble(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
