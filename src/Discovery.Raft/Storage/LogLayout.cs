using System.Buffers.Binary;
using Discovery.Protocol;

namespace Discovery.Storage;

// The log on the disk. All numbers are little endian, ids are big endian, checksums are CRC32C.
//
// A segment is a file of a fixed length, made of zeros before it gets its name. Its name is its number in hexadecimal.
//
//      0  +---------------------------+  written once, when the file is made
//         | header        (one sector) |
//   4096  +---------------------------+  written in turns: when one is torn, the other is whole
//         | slot 0        (one sector) |
//   8192  +---------------------------+
//         | slot 1        (one sector) |
//  12288  +---------------------------+  from here on every sector is written once and never again
//         | batch | entry | entry | .. |
//         | (rest of the sector: 0)    |
//         +---------------------------+  each batch begins with a sector
//         | batch | entry | ..         |
//         +---------------------------+
//         | seal                       |  the log goes on in the next segment; what follows here means nothing
//         +---------------------------+
//         | zeros                      |
//         +---------------------------+
//
// header   magic "DSCVRLOG" 8 | format 4 | segment 4 | node 16 | log 16 | length of the file 8 | checksum 4
//
// slot     checksum 4 | magic 4 | sequence 8 | segment 4 | first segment 4 | synced 8 | term 8 | vote 32
//
// batch    checksum 4 | magic 4 | place 8 | synced 8 | last of before: index 8, term 8 | term 8 | vote 32
//          | entries 4 | bytes 4 | sectors of zeros 4 | flags 4 | log 16 | 0 16
//
// entry    checksum 4 | length 4 | index 8 | term 8 | kind 1 | 0 7 | body | (0 up to a multiple of 8)
//
// A place is (segment, offset). A batch names its own, and the checksum of an entry begins with it: what a disk has put elsewhere is not
// taken for what belongs there. "Synced" is the place that a sync had reached when the batch was made: a batch proves that everything
// before that place was on the disk.
//
// A sector is 512 bytes, and is on the disk or not: that is what a disk promises. So a sector of batches is all zero or as it was written,
// whenever the power fails, and a batch that is not whole has more sectors of zeros than it says of itself. Every other difference is
// damage, also in what nobody can prove to have been synced.
internal static class LogLayout
{
    public const uint Format = 1;
    public const int SectorBytes = 512;
    public const int HeaderBytes = 68;
    public const int SlotBytes = 80;
    public const int BatchBytes = 128;
    public const int EntryBytes = 32;
    public const int SlotsOffset = 4096;
    public const int SlotSpacing = 4096;
    public const int DataOffset = SlotsOffset + (2 * SlotSpacing);

    public const string SegmentSuffix = ".log";
    public const string TemporarySuffix = ".tmp";

    public static ReadOnlySpan<byte> SegmentMagic => "DSCVRLOG"u8;

    public static int InSectors(int bytes) => (bytes + SectorBytes - 1) & ~(SectorBytes - 1);

    public static int Padded(int bytes) => (bytes + 7) & ~7;

    public static string SegmentName(uint number) => $"{number:x8}{SegmentSuffix}";

    public static bool TryParseSegmentName(string name, out uint number)
    {
        number = 0;
        return name.Length == 8 + SegmentSuffix.Length && name.EndsWith(SegmentSuffix, StringComparison.Ordinal)
            && uint.TryParse(
                name.AsSpan(0, 8), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture,
                out number)
            && SegmentName(number) == name;
    }

    /// <summary>How many of the sectors are zeros from end to end; the last may be a part of one.</summary>
    public static int ZeroSectors(ReadOnlySpan<byte> bytes)
    {
        int zeros = 0;
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(SectorBytes, bytes.Length)..])
        {
            if (IsZero(bytes[..Math.Min(SectorBytes, bytes.Length)]))
            {
                zeros++;
            }
        }

        return zeros;
    }

    public static bool IsZero(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept((byte)0);

    public static void WriteState(Span<byte> into, HardState state)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(into, state.Term);
        state.Vote.Node.TryWriteBytes(into[8..], bigEndian: true, out _);
        state.Vote.Log.TryWriteBytes(into[24..], bigEndian: true, out _);
    }

    public static HardState ReadState(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(from),
        new VoterId(new Guid(from[8..24], bigEndian: true), new Guid(from[24..40], bigEndian: true)));
}
