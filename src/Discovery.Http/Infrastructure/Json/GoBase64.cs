namespace Discovery.Infrastructure;

/// <summary>Base64 as Go reads it: padded, line ends anywhere, loose last bits; and it tells where a text is none. Pure.</summary>
internal static class GoBase64
{
    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">The bytes; none when it is no base64.</param>
    /// <returns>-1, or the byte of the text that Go complains of.</returns>
    public static int Decode(string text, out byte[] bytes)
    {
        ReadOnlySpan<byte> source = System.Text.Encoding.UTF8.GetBytes(text);
        var decoded = new byte[(source.Length / 4 * 3) + 3];
        int written = 0;
        int at = 0;
        while (at < source.Length)
        {
            int trouble = DecodeGroup(source, ref at, decoded, ref written, out bool isLast);
            if (trouble >= 0)
            {
                bytes = [];
                return trouble;
            }

            if (isLast)
            {
                break;
            }
        }

        bytes = decoded[..written];
        return -1;
    }

    // Four digits, or the last ones and their padding. Where the text ends too early, the first digit of the group is blamed.
    private static int DecodeGroup(ReadOnlySpan<byte> source, ref int at, Span<byte> decoded, ref int written, out bool isLast)
    {
        isLast = false;
        uint bits = 0;
        int digits = 0;
        while (digits < 4)
        {
            if (at == source.Length)
            {
                isLast = true;
                return digits == 0 ? -1 : at - digits;
            }

            byte c = source[at++];
            int digit = DigitOf(c);
            if (digit >= 0)
            {
                bits = (bits << 6) | (uint)digit;
                digits++;
            }
            else if (c is not ((byte)'\n' or (byte)'\r'))
            {
                if (c != '=' || digits < 2)
                {
                    return at - 1;
                }

                isLast = true;
                int trouble = CheckPadding(source, ref at, digits);
                if (trouble >= 0)
                {
                    return trouble;
                }

                break;
            }
        }

        bits <<= 6 * (4 - digits);
        for (int i = 0; i < digits - 1; i++)
        {
            decoded[written++] = (byte)(bits >> (16 - (8 * i)));
        }

        return -1;
    }

    // Behind the first sign of padding: a second one after two digits, and nothing more.
    private static int CheckPadding(ReadOnlySpan<byte> source, ref int at, int digits)
    {
        SkipLineEnds(source, ref at);
        if (digits == 2)
        {
            if (at == source.Length)
            {
                return source.Length;
            }

            if (source[at] != '=')
            {
                return at - 1;
            }

            at++;
            SkipLineEnds(source, ref at);
        }

        return at < source.Length ? at : -1;
    }

    private static void SkipLineEnds(ReadOnlySpan<byte> source, ref int at)
    {
        while (at < source.Length && source[at] is (byte)'\n' or (byte)'\r')
        {
            at++;
        }
    }

    private static int DigitOf(byte c) => c switch
    {
        >= (byte)'A' and <= (byte)'Z' => c - 'A',
        >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };
}
