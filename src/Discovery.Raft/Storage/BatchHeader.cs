using System.Buffers.Binary;
using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Storage;

/// <summary>What stands before the entries of a batch; the layout is drawn above <see cref="LogLayout"/>.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Synced">What was on the disk when it was made.</param>
/// <param name="Before">The entry that its first one follows; what the log had after it is gone.</param>
/// <param name="State">Term and vote from here on.</param>
/// <param name="Count">The number of its entries.</param>
/// <param name="Bytes">Its length with this header, without the zeros up to the end of the sector.</param>
/// <param name="ZeroSectors">How many of its sectors are zeros from end to end.</param>
/// <param name="Flags">What else it is.</param>
/// <param name="Log">The id of the log.</param>
internal readonly record struct BatchHeader(
    LogPlace Place,
    LogPlace Synced,
    LogPosition Before,
    HardState State,
    int Count,
    int Bytes,
    int ZeroSectors,
    BatchFlags Flags,
    Guid Log)
{
    private const uint Magic = 0x48435442;

    public bool IsSeal => (Flags & BatchFlags.Seal) != 0;

    public bool IsReset => (Flags & BatchFlags.Reset) != 0;

    /// <summary>The end of a segment.</summary>
    public static BatchHeader Seal(LogPlace place, LogPlace synced, LogPosition last, HardState state, Guid log) =>
        new(place, synced, last, state, 0, LogLayout.BatchBytes, 0, BatchFlags.Seal, log);

    public void Write(Span<byte> into)
    {
        into = into[..LogLayout.BatchBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(into[4..], Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(into[8..], Place.Encoded);
        BinaryPrimitives.WriteUInt64LittleEndian(into[16..], Synced.Encoded);
        BinaryPrimitives.WriteUInt64LittleEndian(into[24..], Before.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(into[32..], Before.Term);
        LogLayout.WriteState(into[40..], State);
        BinaryPrimitives.WriteInt32LittleEndian(into[80..], Count);
        BinaryPrimitives.WriteInt32LittleEndian(into[84..], Bytes);
        BinaryPrimitives.WriteInt32LittleEndian(into[88..], ZeroSectors);
        BinaryPrimitives.WriteUInt32LittleEndian(into[92..], (uint)Flags);
        Log.TryWriteBytes(into[96..], bigEndian: true, out _);
        into[112..].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(into, Crc32C.Compute(into[4..]));
    }

    public static bool TryRead(ReadOnlySpan<byte> from, out BatchHeader header)
    {
        header = default;
        if (from.Length < LogLayout.BatchBytes || BinaryPrimitives.ReadUInt32LittleEndian(from[4..]) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(from) != Crc32C.Compute(from[4..LogLayout.BatchBytes]))
        {
            return false;
        }

        header = new BatchHeader(
            LogPlace.Decode(BinaryPrimitives.ReadUInt64LittleEndian(from[8..])),
            LogPlace.Decode(BinaryPrimitives.ReadUInt64LittleEndian(from[16..])),
            new LogPosition(BinaryPrimitives.ReadUInt64LittleEndian(from[24..]), BinaryPrimitives.ReadUInt64LittleEndian(from[32..])),
            LogLayout.ReadState(from[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[80..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[84..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[88..]),
            (BatchFlags)BinaryPrimitives.ReadUInt32LittleEndian(from[92..]),
            new Guid(from[96..112], bigEndian: true));
        return header.Count >= 0 && header.Bytes >= LogLayout.BatchBytes;
    }
}
