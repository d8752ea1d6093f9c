using System.Buffers.Binary;
using Discovery.Wire;

namespace Discovery.State.Trees;

/// <summary>The layout of the bytes that a leaf keeps its packed entries in: one array for all of them, and no object for each.</summary>
/// <remarks>
/// An entry is the length of its key and of its value as 16-bit numbers, then the key, then the value. An array is never changed once a
/// leaf has it; what was replaced or removed stays in it until the leaf is packed again.
/// </remarks>
internal static class TreePage
{
    /// <summary>What an entry may take up; a page of two full leaves is below 64 KiB then, so that 16 bits say where an entry is.</summary>
    public const int EntryBytesMax = 1024;

    private const int HeaderBytes = 2 * sizeof(ushort);

    public static ReadOnlySpan<byte> KeyAt(byte[] page, int start) => page.AsSpan(start + HeaderBytes, LengthAt(page, start));

    public static ReadOnlySpan<byte> ValueAt(byte[] page, int start) =>
        page.AsSpan(start + HeaderBytes + LengthAt(page, start), LengthAt(page, start + sizeof(ushort)));

    /// <summary>The whole entry, to be copied into another page.</summary>
    public static ReadOnlySpan<byte> EntryAt(byte[] page, int start) =>
        page.AsSpan(start, HeaderBytes + LengthAt(page, start) + LengthAt(page, start + sizeof(ushort)));

    /// <summary>Begins an entry; the value is to follow.</summary>
    public static void Begin(WireBuffer output, ReadOnlySpan<byte> key)
    {
        Span<byte> entry = output.GetSpan(HeaderBytes + key.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)key.Length);
        key.CopyTo(entry[HeaderBytes..]);
        output.Advance(HeaderBytes + key.Length);
    }

    /// <summary>Ends the entry that began at a position, or takes it back where it is too long.</summary>
    public static bool TryEnd(WireBuffer output, int start, int keyLength)
    {
        int length = output.WrittenCount - start;
        if (length > EntryBytesMax)
        {
            output.Truncate(start);
            return false;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(
            output.GetWritten(start + sizeof(ushort), sizeof(ushort)), (ushort)(length - HeaderBytes - keyLength));
        return true;
    }

    private static int LengthAt(byte[] page, int at) => BinaryPrimitives.ReadUInt16LittleEndian(page.AsSpan(at));
}
