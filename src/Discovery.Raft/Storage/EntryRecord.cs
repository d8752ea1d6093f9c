using System.Buffers.Binary;
using System.Numerics;
using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Storage;

/// <summary>An entry on the disk; the layout is drawn above <see cref="LogLayout"/>.</summary>
internal readonly record struct EntryRecord(ulong Index, ulong Term, EntryKind Kind, int BodyBytes)
{
    /// <summary>The bytes that it takes, up to the next record.</summary>
    public int Bytes => BytesOf(BodyBytes);

    public static int BytesOf(int bodyBytes) => LogLayout.EntryBytes + LogLayout.Padded(bodyBytes);

    public static void Write(Span<byte> into, LogPlace place, in LogEntry entry)
    {
        ReadOnlySpan<byte> body = entry.Body.Span;
        BinaryPrimitives.WriteInt32LittleEndian(into[4..], body.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(into[8..], entry.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(into[16..], entry.Term);
        BinaryPrimitives.WriteUInt64LittleEndian(into[24..], (byte)entry.Kind);
        body.CopyTo(into[LogLayout.EntryBytes..]);
        into[(LogLayout.EntryBytes + body.Length)..BytesOf(body.Length)].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(into, Checksum(into, body, place));
    }

    /// <summary>Reads what does not depend on the body; nothing is proved yet.</summary>
    public static EntryRecord Peek(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(from[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(from[16..]),
        (EntryKind)from[24],
        BinaryPrimitives.ReadInt32LittleEndian(from[4..]));

    /// <summary>Whether there is a whole entry that was written to this place.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, LogPlace place, out EntryRecord record)
    {
        record = default;
        if (from.Length < LogLayout.EntryBytes)
        {
            return false;
        }

        EntryRecord told = Peek(from);
        if (told.BodyBytes < 0 || told.BodyBytes > from.Length - LogLayout.EntryBytes
            || !IsWhole(from[..LogLayout.EntryBytes], from.Slice(LogLayout.EntryBytes, told.BodyBytes), place))
        {
            return false;
        }

        record = told;
        return true;
    }

    /// <summary>Whether head and body are as they were written to this place.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, LogPlace place) =>
        BinaryPrimitives.ReadUInt32LittleEndian(head) == Checksum(head, body, place);

    private static uint Checksum(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, LogPlace place) => Crc32C.Append(
        Crc32C.Append(BitOperations.RotateLeft(place.Segment, 16) ^ place.Offset, head[4..LogLayout.EntryBytes]), body);
}
