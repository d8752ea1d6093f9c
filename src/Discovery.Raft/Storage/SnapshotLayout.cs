using System.Buffers.Binary;
using System.Globalization;
using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Storage;

// A snapshot on the disk, named <last index>-<last term>.snapshot in hexadecimal. All numbers are little endian.
//
// head     magic "DSCVSNAP" 8 | format 4 | length of the configuration 4 | last: index 8, term 8 | index of the configuration 8
//          | configuration | checksum 4
// block    length 4, not 0 | checksum 4 | bytes
// end      0 4 | checksum 4 | length of the content 8
//
// Each checksum goes on from the one before and covers the length and what follows it, so that the last one covers everything, and no
// block is given out before it is known to be the next.
internal static class SnapshotLayout
{
    public const uint Format = 1;
    public const int BlockBytesMax = 64 << 10;
    public const int FixedBytes = 40;
    public const int ChecksumBytes = 4;
    public const int BlockHeadBytes = 8;
    public const int EndBytes = 16;
    public const string Suffix = ".snapshot";

    private static ReadOnlySpan<byte> Magic => "DSCVSNAP"u8;

    public static string NameOf(LogPosition last) => $"{last.Index:x16}-{last.Term:x16}{Suffix}";

    public static bool TryParseName(string name, out LogPosition last)
    {
        last = default;
        if (name.Length != 33 + Suffix.Length
            || !ulong.TryParse(name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong index)
            || !ulong.TryParse(name.AsSpan(17, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong term))
        {
            return false;
        }

        last = new LogPosition(index, term);
        return name == NameOf(last);
    }

    public static byte[] EncodeHead(SnapshotMeta meta)
    {
        byte[] configuration = meta.Configuration.Configuration.Encode();
        var head = new byte[FixedBytes + configuration.Length + ChecksumBytes];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), Format);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), configuration.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(16), meta.Last.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(24), meta.Last.Term);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(32), meta.Configuration.Index);
        configuration.CopyTo(head.AsSpan(FixedBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(^ChecksumBytes), Crc32C.Compute(head.AsSpan(0, head.Length - ChecksumBytes)));
        return head;
    }

    /// <summary>Reads the head of a file; null when it is not as it was written.</summary>
    /// <exception cref="StorageException">It is of a newer format.</exception>
    public static SnapshotMeta? TryReadHead(IDiskFile file, out int length, out uint checksum)
    {
        length = 0;
        checksum = 0;
        Span<byte> fixedPart = stackalloc byte[FixedBytes];
        if (file.Read(0, fixedPart) < FixedBytes || !fixedPart.StartsWith(Magic))
        {
            return null;
        }

        int configurationBytes = BinaryPrimitives.ReadInt32LittleEndian(fixedPart[12..]);
        if (configurationBytes < 0 || configurationBytes > file.Length - FixedBytes - ChecksumBytes)
        {
            return null;
        }

        var head = new byte[FixedBytes + configurationBytes + ChecksumBytes];
        file.Read(0, head);
        length = head.Length;
        checksum = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(^ChecksumBytes));
        if (checksum != Crc32C.Compute(head.AsSpan(0, length - ChecksumBytes)))
        {
            return null;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(fixedPart[8..]) > Format)
        {
            throw StorageException.Newer(file.Path);
        }

        if (!RaftConfiguration.TryDecode(head.AsSpan(FixedBytes, configurationBytes), out RaftConfiguration configuration))
        {
            return null;
        }

        return new SnapshotMeta(
            new LogPosition(
                BinaryPrimitives.ReadUInt64LittleEndian(fixedPart[16..]), BinaryPrimitives.ReadUInt64LittleEndian(fixedPart[24..])),
            new ConfigurationEntry(BinaryPrimitives.ReadUInt64LittleEndian(fixedPart[32..]), configuration));
    }

    /// <summary>The checksum of a block or the end: its length field and what follows the checksum.</summary>
    public static uint Chain(uint before, ReadOnlySpan<byte> lengthField, ReadOnlySpan<byte> content) =>
        Crc32C.Append(Crc32C.Append(before, lengthField), content);
}
