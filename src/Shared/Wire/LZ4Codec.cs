using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Discovery.Wire;

/// <summary>LZ4's block format: greedy compression, and decompression that trusts nothing.</summary>
/// <remarks>
/// A block is a row of sequences: a token (upper four bits: literals, lower four: match length - 4; 15 goes on in bytes of up to 255),
/// the literals, and the distance back to the match in two bytes, low first. The last sequence ends after its literals. As the format
/// asks, the last five bytes are literals and no match starts in the last twelve. A block does not carry its decoded size.
/// </remarks>
internal static partial class LZ4Codec
{
    private const int MatchLengthMin = 4;
    private const int LiteralsAtEnd = 5;
    private const int NoMatchStartsAtEnd = 12;
    private const int DistanceMax = 65535;
    private const int HashBits = 12;
    private const int SkipShift = 6;

    /// <summary>The most bytes that a block of <paramref name="length"/> bytes can take.</summary>
    public static int MaximumOutputSize(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return checked(length + (length / 255) + 16);
    }

    /// <summary>Compresses a block.</summary>
    /// <param name="source">What to compress; may be empty.</param>
    /// <param name="target">Where the block goes; <see cref="MaximumOutputSize"/> bytes are always enough.</param>
    /// <returns>Bytes of the block, or -1 when the target is too small.</returns>
    [SkipLocalsInit]
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int output = 0;
        int anchor = 0;
        if (source.Length > NoMatchStartsAtEnd)
        {
            Span<int> table = stackalloc int[1 << HashBits];
            table.Clear();
            int startLimit = source.Length - NoMatchStartsAtEnd;
            int matchLimit = source.Length - LiteralsAtEnd;
            int position = 1;
            int misses = 1 << SkipShift;
            while (position <= startLimit)
            {
                uint word = ReadWord(source, position);
                ref int slot = ref table[Hash(word)];
                int candidate = slot;
                slot = position;
                if (position - candidate > DistanceMax || ReadWord(source, candidate) != word)
                {
                    position += misses++ >> SkipShift;
                    continue;
                }

                int distance = position - candidate;
                while (position > anchor && candidate > 0 && source[position - 1] == source[candidate - 1])
                {
                    position--;
                    candidate--;
                }

                int length = MatchLengthMin + CommonLength(
                    source[(position + MatchLengthMin)..matchLimit], source[(candidate + MatchLengthMin)..]);
                output = WriteSequence(target, output, source[anchor..position], distance, length);
                if (output < 0)
                {
                    return -1;
                }

                position += length;
                anchor = position;
                misses = 1 << SkipShift;
                if (position <= startLimit)
                {
                    table[Hash(ReadWord(source, position - 2))] = position - 2;
                }
            }
        }

        return WriteLastLiterals(target, output, source[anchor..]);
    }

    private static int WriteSequence(Span<byte> target, int output, ReadOnlySpan<byte> literals, int distance, int length)
    {
        int extra = length - MatchLengthMin;
        if (3L + literals.Length + LengthBytes(literals.Length) + LengthBytes(extra) > target.Length - output)
        {
            return -1;
        }

        int token = output++;
        target[token] = (byte)((Math.Min(literals.Length, 15) << 4) | Math.Min(extra, 15));
        output = WriteLength(target, output, literals.Length);
        literals.CopyTo(target[output..]);
        output += literals.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(target[output..], (ushort)distance);
        return WriteLength(target, output + 2, extra);
    }

    private static int LengthBytes(int length) => length < 15 ? 0 : ((length - 15) / 255) + 1;

    private static int WriteLastLiterals(Span<byte> target, int output, ReadOnlySpan<byte> literals)
    {
        if (1L + literals.Length + LengthBytes(literals.Length) > target.Length - output)
        {
            return -1;
        }

        target[output++] = (byte)(Math.Min(literals.Length, 15) << 4);
        output = WriteLength(target, output, literals.Length);
        literals.CopyTo(target[output..]);
        return output + literals.Length;
    }

    private static int WriteLength(Span<byte> target, int output, int length)
    {
        if (length < 15)
        {
            return output;
        }

        for (length -= 15; length >= 255; length -= 255)
        {
            target[output++] = 255;
        }

        target[output++] = (byte)length;
        return output;
    }

    private static int CommonLength(ReadOnlySpan<byte> ahead, ReadOnlySpan<byte> behind)
    {
        int length = 0;
        while (ahead.Length - length >= 8)
        {
            ulong difference = BinaryPrimitives.ReadUInt64LittleEndian(ahead[length..])
                ^ BinaryPrimitives.ReadUInt64LittleEndian(behind[length..]);
            if (difference != 0)
            {
                return length + (BitOperations.TrailingZeroCount(difference) >> 3);
            }

            length += 8;
        }

        while (length < ahead.Length && ahead[length] == behind[length])
        {
            length++;
        }

        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadWord(ReadOnlySpan<byte> source, int position) => BinaryPrimitives.ReadUInt32LittleEndian(source[position..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(uint word) => (int)((word * 2654435761u) >> (32 - HashBits));
}
