using System.Buffers.Binary;
using Discovery.Wire;

namespace Discovery.State.Snapshots;

/// <summary>The layout of a snapshot; all numbers are little endian, GUIDs big endian.</summary>
/// <remarks>
/// <code>
/// file    = header, block*, trailer
/// header  = "DISCSNAP" (8)  format version (4)  CRC-32C of the 12 bytes before (4)
/// block   = decoded length (4, 1 to 262,144)  stored length (4)  checksum (4)  stored bytes
///           LZ4 when stored &lt; decoded, plain when equal
/// trailer = 0 (4)  16 (4)  checksum (4)  decoded bytes in all (8)  state hash (8)
/// checksum: CRC-32C of the block's number from 0 (8), the two lengths (8) and the stored bytes
///
/// The decoded bytes of all blocks together are records: length of the rest (4)  kind (1)  body. A record may span blocks.
///   1 meta     index (8)  lineage (16)  restore index (8)  cluster time (8)  wall time (8)     the first record
///              | ahead (8), where it is not 0
///   2 module   schema version (4)  name                                                        by name
///   3 table    change index (8)  rows (8)  module/name                                         by module, then as declared
///   4 row      index (8)  key length (4)  key  value                                           by key, after their table
///   5 topics   floor (8)  topics (8)  module/name                                              like tables
///   6 topic    index (8)  absent (1)  key                                                      by key, after their space
///   7 clients  clients (8)  outcomes (8)
///   8 client   id (16)  highest sequence (8)  last used index (8)                              by id
///   9 outcome  client (16)  sequence (8)  index (8)  status (1)  result                        by (client, sequence)
/// </code>
/// Everything has one order and one encoding, so equal states give equal bytes. A reader refuses every kind that it does not know.
/// </remarks>
internal static class SnapshotFormat
{
    public const int Version = 1;
    public const int HeaderBytes = 16;
    public const int BlockHeaderBytes = 12;
    public const int TrailerBytes = 16;
    public const int BlockBytesMax = 256 * 1024;
    public const int RecordBytesMax = 1024 * 1024 * 1024;

    public const byte Meta = 1;
    public const byte Module = 2;
    public const byte Table = 3;
    public const byte Row = 4;
    public const byte TopicSpace = 5;
    public const byte Topic = 6;
    public const byte Clients = 7;
    public const byte Client = 8;
    public const byte Outcome = 9;

    public static ReadOnlySpan<byte> Magic => "DISCSNAP"u8;

    public static uint Checksum(ulong block, ReadOnlySpan<byte> lengths, ReadOnlySpan<byte> stored)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(number, block);
        return Crc32C.Append(Crc32C.Append(Crc32C.Compute(number), lengths), stored);
    }
}
