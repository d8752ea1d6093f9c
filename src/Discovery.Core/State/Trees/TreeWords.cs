using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Discovery.State.Trees;

/// <summary>
/// Eight bytes of each key of a node, as numbers that order like the bytes; kept inside the node, so that a search touches no key.
/// </summary>
/// <remarks>Slots that are not in use hold the highest number: a search looks at all of them and never counts those.</remarks>
[InlineArray(Slots)]
internal struct TreeWords
{
    public const int Slots = 32;
    public const ulong Unused = ulong.MaxValue;

    private ulong _first;

    /// <summary>The eight bytes of a key from <paramref name="start"/> on; what the key lacks reads as zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> key, int start)
    {
        int length = key.Length - start;
        return length >= sizeof(ulong) ? BinaryPrimitives.ReadUInt64BigEndian(key[start..]) : OfEnd(key, length);
    }

    /// <summary>How many words are below <paramref name="word"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int CountBelow(ulong word)
    {
        ReadOnlySpan<Vector256<ulong>> vectors = MemoryMarshal.Cast<ulong, Vector256<ulong>>((ReadOnlySpan<ulong>)this);
        Vector256<ulong> sought = Vector256.Create(word);
        Vector256<ulong> even = default;
        Vector256<ulong> odd = default;
        for (int i = 0; i + 1 < vectors.Length; i += 2)
        {
            even -= Vector256.LessThan(vectors[i], sought);
            odd -= Vector256.LessThan(vectors[i + 1], sought);
        }

        return (int)Vector256.Sum(even + odd);
    }

    /// <summary>Puts a word in, moving up those from <paramref name="position"/> on; the last slot is free.</summary>
    public void Insert(int position, ulong word)
    {
        Span<ulong> words = this;
        words[position..^1].CopyTo(words[(position + 1)..]);
        words[position] = word;
    }

    /// <summary>Takes a word out, moving down those behind it.</summary>
    public void Remove(int position)
    {
        Span<ulong> words = this;
        words[(position + 1)..].CopyTo(words[position..]);
        words[Slots - 1] = Unused;
    }

    private static ulong OfEnd(ReadOnlySpan<byte> key, int length)
    {
        if (length <= 0)
        {
            return 0;
        }

        if (key.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(key[^sizeof(ulong)..]) << (8 * (sizeof(ulong) - length));
        }

        ulong word = 0;
        foreach (byte value in key[^length..])
        {
            word = (word << 8) | value;
        }

        return word << (8 * (sizeof(ulong) - length));
    }
}
