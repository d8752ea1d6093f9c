using System.Buffers.Binary;
using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Storage;

/// <summary>The first sector of a segment; the layout is drawn above <see cref="LogLayout"/>.</summary>
internal readonly record struct SegmentHeader(VoterId Owner, uint Segment, long Length)
{
    public void Write(Span<byte> into)
    {
        into = into[..LogLayout.HeaderBytes];
        LogLayout.SegmentMagic.CopyTo(into);
        BinaryPrimitives.WriteUInt32LittleEndian(into[8..], LogLayout.Format);
        BinaryPrimitives.WriteUInt32LittleEndian(into[12..], Segment);
        Owner.Node.TryWriteBytes(into[16..], bigEndian: true, out _);
        Owner.Log.TryWriteBytes(into[32..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(into[48..], Length);
        BinaryPrimitives.WriteInt32LittleEndian(into[56..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(into[64..], Crc32C.Compute(into[..64]));
    }

    /// <summary>Whether the bytes are a header; of a newer format nothing but that is known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out SegmentHeader header, out bool isNewer)
    {
        header = default;
        isNewer = false;
        if (from.Length < LogLayout.HeaderBytes || !from.StartsWith(LogLayout.SegmentMagic)
            || BinaryPrimitives.ReadUInt32LittleEndian(from[64..]) != Crc32C.Compute(from[..64]))
        {
            return false;
        }

        isNewer = BinaryPrimitives.ReadUInt32LittleEndian(from[8..]) > LogLayout.Format;
        header = new SegmentHeader(
            new VoterId(new Guid(from[16..32], bigEndian: true), new Guid(from[32..48], bigEndian: true)),
            BinaryPrimitives.ReadUInt32LittleEndian(from[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[48..]));
        return true;
    }
}
