using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Transport;

/// <summary>What the two sides of a connection say first, and the answer to it.</summary>
/// <remarks>
/// <code>
/// hello   "DRFT" 4 | format 2 | length of the rest 2
///         | purpose 1 | cluster 16 | from: node 16, log 16 | to: node 16, log 16 | name length 1, name | checksum 4
/// answer  "DRFA" 4 | format 2 | length of the rest 2
///         | refusal 1 | cluster 16 | from: node 16, log 16 | zeros 32             | name length 1, name | checksum 4
/// </code>
/// Numbers are little endian, ids big endian, the name is UTF-8, the checksum is the CRC-32C of all before it. Magic, format and length
/// stay where they are in every format, so that another one can be refused by name. A cluster of zeros is not known yet and fits any;
/// a log of zeros is whichever the node has.
/// </remarks>
/// <param name="Code">The purpose, or of an answer the refusal.</param>
/// <param name="Cluster">The sender's cluster.</param>
/// <param name="From">The sender.</param>
/// <param name="To">Whom the sender means; nobody in an answer.</param>
/// <param name="Name">The sender's node name.</param>
internal sealed record Hello(byte Code, Guid Cluster, VoterId From, VoterId To, string Name)
{
    public const int PrefixBytes = 8;
    public const int RestBytesMax = 512;

    private const int FixedBytes = 1 + 16 + VoterId.EncodedBytes + VoterId.EncodedBytes + 1;
    private const int ChecksumBytes = 4;
    private const int NameBytesMax = 255;

    public static ReadOnlySpan<byte> Magic => "DRFT"u8;

    public static ReadOnlySpan<byte> AnswerMagic => "DRFA"u8;

    /// <summary>The bytes of it.</summary>
    public byte[] Encode(ReadOnlySpan<byte> magic)
    {
        byte[] name = Encoding.UTF8.GetBytes(Name);
        Invariant.Check(name.Length <= NameBytesMax, "a node name of more than 255 bytes");
        using var into = new WireBuffer();
        into.Write(magic);
        into.WriteUInt16(MessageCodec.Format);
        into.WriteUInt16((ushort)(FixedBytes + name.Length + ChecksumBytes));
        into.WriteByte(Code);
        into.WriteGuid(Cluster);
        into.WriteGuid(From.Node);
        into.WriteGuid(From.Log);
        into.WriteGuid(To.Node);
        into.WriteGuid(To.Log);
        into.WriteByte((byte)name.Length);
        into.Write(name);
        into.WriteUInt32(Crc32C.Compute(into.WrittenSpan));
        return into.WrittenSpan.ToArray();
    }

    /// <summary>Reads the beginning, which every format has.</summary>
    public static bool TryReadPrefix(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> magic, out ushort format, out int rest)
    {
        format = BinaryPrimitives.ReadUInt16LittleEndian(prefix[4..]);
        rest = BinaryPrimitives.ReadUInt16LittleEndian(prefix[6..]);
        return prefix.StartsWith(magic) && rest <= RestBytesMax;
    }

    /// <summary>Reads the whole of it, in this format.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Hello? hello)
    {
        hello = null;
        if (bytes.Length < PrefixBytes + FixedBytes + ChecksumBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumBytes..]) != Crc32C.Compute(bytes[..^ChecksumBytes]))
        {
            return false;
        }

        var reader = new FieldReader(bytes[PrefixBytes..^ChecksumBytes]);
        bool isThere = reader.TryByte(out byte code)
            & reader.TryGuid(out Guid cluster)
            & TryVoter(ref reader, out VoterId from)
            & TryVoter(ref reader, out VoterId to)
            & reader.TryByte(out byte length)
            & reader.TryTake(length, out ReadOnlySpan<byte> name);
        if (!isThere || !reader.IsAtEnd || !IsName(name))
        {
            return false;
        }

        hello = new Hello(code, cluster, from, to, Encoding.UTF8.GetString(name));
        return true;
    }

    // It goes into log lines.
    private static bool IsName(ReadOnlySpan<byte> name) => Utf8.IsValid(name) && name.IndexOfAnyInRange((byte)0, (byte)31) < 0;

    private static bool TryVoter(ref FieldReader reader, out VoterId voter)
    {
        bool isThere = reader.TryGuid(out Guid node) & reader.TryGuid(out Guid log);
        voter = new VoterId(node, log);
        return isThere;
    }
}
