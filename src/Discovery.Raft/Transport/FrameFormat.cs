using System.Buffers.Binary;
using Discovery.Wire;

namespace Discovery.Transport;

/// <summary>How frames lie on a connection, after its hello.</summary>
/// <remarks>
/// <code>
/// checksum 4 | length 3 | type and flags 1 | content
///
/// checksum  CRC-32C of everything after it
/// length    of the content; at most 65,536 and what LZ4 can add to it
/// type      FrameType in the lower five bits
/// flags     0x80 the content is LZ4: its length as it was (4), then one block
///           0x40 more of the same follows in the next frame of the slow lane
///           0x20 the slow lane: what is cut is cut there only, one after the other; frames of the other lane go between
/// </code>
/// Why a checksum, above that of TCP: sixteen bits of a sum let one damaged segment in some ten thousand pass, memory of network cards and
/// of boxes on the way does damage some, and an entry that was damaged on the way would be written with a good checksum by the follower,
/// whose state then is another one. CRC-32C costs a tenth of a nanosecond per byte.
/// </remarks>
internal static class FrameFormat
{
    /// <summary>The most bytes of content, as it was before compression: what a heartbeat may have to wait for.</summary>
    public const int ContentBytesMax = 64 * 1024;

    public const int HeaderBytes = 8;

    /// <summary>The most bytes that a frame takes.</summary>
    public const int FrameBytesMax = HeaderBytes + ContentBytesMax;

    public const byte Compressed = 0x80;
    public const byte More = 0x40;
    public const byte SlowLane = 0x20;
    public const byte TypeMask = 0x1F;

    private const int LengthMask = 0xFF_FFFF;
    private const int RawLengthBytes = 4;

    /// <summary>Appends a frame whose content a caller fills in.</summary>
    public static Span<byte> Begin(WireBuffer into, int contentBytes, out int start)
    {
        start = into.WrittenCount;
        into.GetSpan(HeaderBytes + contentBytes);
        into.Advance(HeaderBytes + contentBytes);
        return into.GetWritten(start + HeaderBytes, contentBytes);
    }

    /// <summary>Closes the frame that was begun: compresses it when that pays, and puts length and checksum in.</summary>
    /// <returns>Whether it was compressed.</returns>
    public static bool End(WireBuffer into, int start, FrameType type, byte flags, byte[]? compressionScratch)
    {
        int length = into.WrittenCount - start - HeaderBytes;
        bool isCompressed = compressionScratch is not null && TryCompress(into, start, ref length, compressionScratch);
        Span<byte> frame = into.GetWritten(start, HeaderBytes + length);
        byte kind = (byte)((byte)type | flags | (isCompressed ? Compressed : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], (uint)length | ((uint)kind << 24));
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Crc32C.Compute(frame[4..]));
        return isCompressed;
    }

    /// <summary>Reads a header; false when no frame has such a one.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, out int length, out byte kind)
    {
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        length = (int)(word & LengthMask);
        kind = (byte)(word >> 24);
        return length <= ContentBytesMax && (kind & TypeMask) is >= (byte)FrameType.Alive and <= (byte)FrameType.SnapshotAnswer;
    }

    public static bool IsWhole(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame) == Crc32C.Compute(frame[4..]);

    /// <summary>Undoes the compression; false when the content is none that was compressed.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> content, byte[] into, out int length)
    {
        length = 0;
        if (content.Length < RawLengthBytes)
        {
            return false;
        }

        length = BinaryPrimitives.ReadInt32LittleEndian(content);
        return length is > 0 and <= ContentBytesMax && LZ4Codec.Decode(content[RawLengthBytes..], into.AsSpan(0, length)) == length;
    }

    private static bool TryCompress(WireBuffer into, int start, ref int length, byte[] scratch)
    {
        Span<byte> content = into.GetWritten(start + HeaderBytes, length);

        // Anything above seven eighths is not worth the other side's time.
        int room = length - (length / 8) - RawLengthBytes;
        int packed = room <= 0 ? -1 : LZ4Codec.Encode(content, scratch.AsSpan(0, Math.Min(room, scratch.Length)));
        if (packed < 0)
        {
            return false;
        }

        BinaryPrimitives.WriteInt32LittleEndian(content, length);
        scratch.AsSpan(0, packed).CopyTo(content[RawLengthBytes..]);
        length = RawLengthBytes + packed;
        into.Truncate(start + HeaderBytes + length);
        return true;
    }
}
