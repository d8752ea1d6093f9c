using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Transport;

/// <summary>Makes the pieces that a snapshot is sent in.</summary>
internal static class SnapshotPieces
{
    public const int EndBytes = 12;
    public const int AnswerBytesMax = 2000;

    public static SnapshotPiece Head(InstallSnapshot install)
    {
        using var head = new WireBuffer();
        MessageCodec.WriteHead(install, head);
        return Copy(FrameType.SnapshotHead, head.WrittenSpan);
    }

    public static SnapshotPiece End(long length, uint checksum)
    {
        Span<byte> end = stackalloc byte[EndBytes];
        BinaryPrimitives.WriteInt64LittleEndian(end, length);
        BinaryPrimitives.WriteUInt32LittleEndian(end[8..], checksum);
        return Copy(FrameType.SnapshotEnd, end);
    }

    public static (long Length, uint Checksum) ReadEnd(ReadOnlySpan<byte> end) =>
        (BinaryPrimitives.ReadInt64LittleEndian(end), BinaryPrimitives.ReadUInt32LittleEndian(end[8..]));

    public static SnapshotPiece Answer(string failure)
    {
        byte[] text = Encoding.UTF8.GetBytes(failure);
        return Copy(FrameType.SnapshotAnswer, text.AsSpan(0, Math.Min(text.Length, AnswerBytesMax)));
    }

    private static SnapshotPiece Copy(FrameType type, ReadOnlySpan<byte> bytes)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length, 1));
        bytes.CopyTo(rented);
        return new SnapshotPiece(type, rented, bytes.Length);
    }
}
