using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Discovery.Wire;

/// <summary>A fast 64-bit hash of bytes, equal on every machine and in every version: servers compare what it enters.</summary>
/// <remarks>
/// Each step multiplies two 64-bit words into 128 bits and folds the halves together; the words themselves are folded in too, so that a
/// word that happens to cancel its constant does not swallow its neighbour. It resists accidents, not an adversary: never use it where
/// someone gains by finding two inputs with one hash. Several parts are hashed in order by passing one hash as the seed of the next.
/// Golden values in the tests pin it; changing it is a change of format.
/// </remarks>
internal static class RowHash
{
    // The fractions of the square roots of 2, 3, 5 and 7; all four are odd.
    private const ulong K0 = 0x6a09e667f3bcc90b;
    private const ulong K1 = 0xbb67ae8584caa73b;
    private const ulong K2 = 0x3c6ef372fe94f82b;
    private const ulong K3 = 0xa54ff53a5f1d36f1;

    /// <summary>The hash of <paramref name="data"/> under <paramref name="seed"/>.</summary>
    public static ulong Compute(ReadOnlySpan<byte> data, ulong seed = 0)
    {
        ulong hash = Fold(seed ^ K0, (ulong)data.Length ^ K1);
        ulong first;
        ulong second;
        if (data.Length > 16)
        {
            if (data.Length > 64)
            {
                hash = Stripes(ref data, hash);
            }

            ReadOnlySpan<byte> rest = data;
            while (rest.Length > 16)
            {
                hash = Fold(Word(rest, 0) ^ K2, Word(rest, 8) ^ hash);
                rest = rest[16..];
            }

            // The last sixteen bytes, which overlap those before them unless the length is a multiple of sixteen.
            first = Word(data, data.Length - 16);
            second = Word(data, data.Length - 8);
        }
        else if (data.Length >= 8)
        {
            first = Word(data, 0);
            second = Word(data, data.Length - 8);
        }
        else if (data.Length >= 4)
        {
            first = BinaryPrimitives.ReadUInt32LittleEndian(data);
            second = BinaryPrimitives.ReadUInt32LittleEndian(data[^4..]);
        }
        else
        {
            first = data.IsEmpty ? 0 : data[0] | ((ulong)data[data.Length >> 1] << 8) | ((ulong)data[^1] << 16);
            second = 0;
        }

        hash = Fold(first ^ K1, second ^ hash);
        return Fold(hash ^ K3, K0);
    }

    // Two independent lanes of 32 bytes a turn hide the latency of the multiplications. Leaves 17 to 48 bytes for the caller.
    private static ulong Stripes(ref ReadOnlySpan<byte> data, ulong hash)
    {
        ulong other = hash ^ K3;
        do
        {
            hash = Fold(Word(data, 0) ^ K2, Word(data, 8) ^ hash);
            other = Fold(Word(data, 16) ^ K1, Word(data, 24) ^ other);
            data = data[32..];
        }
        while (data.Length > 48);

        return Fold(hash ^ K0, other);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(data[offset..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return (a ^ low) ^ (BitOperations.RotateLeft(b, 29) ^ high);
    }
}
