using System.Buffers.Binary;
using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Storage;

/// <summary>One of the two slots of a segment; the layout is drawn above <see cref="LogLayout"/>.</summary>
/// <param name="Sequence">Counts the slots that were written; an even one is the first of the two.</param>
/// <param name="Segment">The segment that it is in.</param>
/// <param name="FirstSegment">The first segment that is still of the log.</param>
/// <param name="Synced">Everything before this place is on the disk.</param>
/// <param name="State">Term and vote.</param>
internal readonly record struct StateSlot(ulong Sequence, uint Segment, uint FirstSegment, LogPlace Synced, HardState State)
{
    private const uint Magic = 0x544F4C53;

    public long Offset => OffsetOf((int)(Sequence & 1));

    public static long OffsetOf(int slot) => LogLayout.SlotsOffset + (slot * LogLayout.SlotSpacing);

    public void Write(Span<byte> into)
    {
        into = into[..LogLayout.SlotBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(into[4..], Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(into[8..], Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(into[16..], Segment);
        BinaryPrimitives.WriteUInt32LittleEndian(into[20..], FirstSegment);
        BinaryPrimitives.WriteUInt64LittleEndian(into[24..], Synced.Encoded);
        LogLayout.WriteState(into[32..], State);
        BinaryPrimitives.WriteUInt32LittleEndian(into[72..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(into[76..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(into, Crc32C.Compute(into[4..]));
    }

    public static bool TryRead(ReadOnlySpan<byte> from, out StateSlot slot)
    {
        slot = default;
        if (from.Length < LogLayout.SlotBytes || BinaryPrimitives.ReadUInt32LittleEndian(from[4..]) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(from) != Crc32C.Compute(from[4..LogLayout.SlotBytes]))
        {
            return false;
        }

        slot = new StateSlot(
            BinaryPrimitives.ReadUInt64LittleEndian(from[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[20..]),
            LogPlace.Decode(BinaryPrimitives.ReadUInt64LittleEndian(from[24..])),
            LogLayout.ReadState(from[32..]));
        return true;
    }
}
