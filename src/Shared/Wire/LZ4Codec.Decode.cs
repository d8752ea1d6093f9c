using System.Buffers.Binary;

namespace Discovery.Wire;

/// <content>Decompression.</content>
internal static partial class LZ4Codec
{
    /// <summary>Decompresses a block.</summary>
    /// <param name="source">One whole block.</param>
    /// <param name="target">Where the bytes go.</param>
    /// <returns>Bytes written; or -1 when the block is malformed or holds more than fits, and then the target holds rubbish.</returns>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int input = 0;
        int output = 0;
        while (input < source.Length)
        {
            int token = source[input++];
            int literals = token >> 4;
            if (literals == 15 && !TryReadLength(source, ref input, target.Length - output, ref literals))
            {
                return -1;
            }

            if (literals > source.Length - input || literals > target.Length - output)
            {
                return -1;
            }

            CopyLiterals(source[input..], target[output..], literals);
            input += literals;
            output += literals;
            if (input == source.Length)
            {
                // A block ends after literals; one that was cut behind a match has no such end.
                return (token & 15) == 0 ? output : -1;
            }

            if (source.Length - input < 2)
            {
                return -1;
            }

            int distance = BinaryPrimitives.ReadUInt16LittleEndian(source[input..]);
            input += 2;
            int length = token & 15;
            if (length == 15 && !TryReadLength(source, ref input, target.Length - output, ref length))
            {
                return -1;
            }

            length += MatchLengthMin;
            if (distance == 0 || distance > output || length > target.Length - output)
            {
                return -1;
            }

            CopyMatch(target, output, distance, length);
            output += length;
        }

        return -1;
    }

    // Stops as soon as the length exceeds what fits, so that a row of 255s cannot overflow it.
    private static bool TryReadLength(ReadOnlySpan<byte> source, ref int input, int max, ref int length)
    {
        byte next;
        do
        {
            if (input == source.Length || length > max)
            {
                return false;
            }

            next = source[input++];
            length += next;
        }
        while (next == 255);

        return true;
    }

    private static void CopyLiterals(ReadOnlySpan<byte> source, Span<byte> target, int length)
    {
        // Short runs are copied as one fixed block where both sides have room: what is too much is overwritten next.
        if (length <= 16 && source.Length >= 16 && target.Length >= 16)
        {
            source[..16].CopyTo(target);
        }
        else
        {
            source[..length].CopyTo(target);
        }
    }

    private static void CopyMatch(Span<byte> target, int output, int distance, int length)
    {
        Span<byte> from = target[(output - distance)..];
        Span<byte> to = target[output..];
        if (distance >= 16 && length <= 16 && to.Length >= 16)
        {
            from[..16].CopyTo(to);
            return;
        }

        if (distance == 1)
        {
            to[..length].Fill(from[0]);
            return;
        }

        // A match may reach into itself; each turn copies what is there already, and so doubles the pattern.
        int copied = 0;
        while (copied < length)
        {
            int count = Math.Min(distance + copied, length - copied);
            from[..count].CopyTo(to[copied..]);
            copied += count;
        }
    }
}
