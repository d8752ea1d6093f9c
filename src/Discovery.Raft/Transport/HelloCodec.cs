using System.Buffers.Binary;
using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Transport;

/// <summary>A hello as bytes.</summary>
/// <remarks>
/// <code>
/// hello   "DRFT" 4 | format 2 | length of the rest 2 | purpose 1 | the same as below
/// answer  "DRFA" 4 | format 2 | length of the rest 2 | refusal 1 | the same as below
///
/// cluster 16 | from: node 16, log 16 | to: node 16, log 16, zeros in an answer
/// | flags 1 (1: a witness, 2: a vote follows) | standing 1 | cluster before 16 | member at: index 8, term 8
/// | name length 1, name | address length 1, address
/// | servers known 1, each: node 16, log 16, name length 1, name, address length 1, address
/// | vote | checksum 4
/// </code>
/// Numbers are little endian, ids big endian, texts are UTF-8, the checksum is the CRC-32C of all before it. Magic, format and length
/// stay where they are in every format, so that another one can be refused by name. A cluster of zeros is not known yet and fits any;
/// a log of zeros is whichever the node has.
/// </remarks>
internal static class HelloCodec
{
    public const int PrefixBytes = 8;
    public const int RestBytesMax = 16 * 1024;

    private const int ChecksumBytes = 4;
    private const int KnownBytesMax = 12 * 1024;
    private const byte WitnessFlag = 1;
    private const byte VoteFlag = 2;

    public static byte[] Encode(Hello hello, ReadOnlySpan<byte> magic)
    {
        using var into = new WireBuffer();
        into.Write(magic);
        into.WriteUInt16(MessageCodec.Format);
        into.WriteUInt16(0);
        into.WriteByte(hello.Code);
        into.WriteGuid(hello.Cluster);
        into.WriteVoter(hello.From);
        into.WriteVoter(hello.To);
        into.WriteByte((byte)((hello.IsWitness ? WitnessFlag : 0) | (hello.Vote is null ? 0 : VoteFlag)));
        into.WriteByte((byte)hello.Standing);
        into.WriteGuid(hello.Before);
        into.WritePosition(hello.MemberAt);
        into.WriteText(hello.Name);
        into.WriteText(hello.Address);
        WriteKnown(hello.Known, into);
        if (hello.Vote is { } vote)
        {
            FormationVoteCodec.Write(vote, into);
        }

        int rest = into.WrittenCount + ChecksumBytes - PrefixBytes;
        Invariant.Check(rest <= RestBytesMax, "a hello that is longer than it may be");
        byte[] bytes = [.. into.WrittenSpan, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), (ushort)rest);
        uint checksum = Crc32C.Compute(bytes.AsSpan(..^ChecksumBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - ChecksumBytes), checksum);
        return bytes;
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
        if (bytes.Length < PrefixBytes + ChecksumBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumBytes..]) != Crc32C.Compute(bytes[..^ChecksumBytes]))
        {
            return false;
        }

        var reader = new FieldReader(bytes[PrefixBytes..^ChecksumBytes]);
        FormationVote? vote = null;
        bool isThere = reader.TryByte(out byte code)
            & reader.TryGuid(out Guid cluster)
            & reader.TryVoter(out VoterId from)
            & reader.TryVoter(out VoterId to)
            & reader.TryByte(out byte flags)
            & reader.TryByte(out byte standing)
            & reader.TryGuid(out Guid before)
            & reader.TryPosition(out LogPosition memberAt)
            & reader.TryText(out string name)
            & reader.TryText(out string address)
            & TryKnown(ref reader, out IReadOnlyList<KnownPeer> known)
            && flags <= (WitnessFlag | VoteFlag) && standing <= (byte)Standing.Removed
            && ((flags & VoteFlag) == 0 || FormationVoteCodec.TryRead(ref reader, out vote!))
            && (address.Length == 0 || PeerAddress.TryParse(address, out _));
        if (!isThere || !reader.IsAtEnd)
        {
            return false;
        }

        hello = new Hello(code, cluster, from, to, name)
        {
            Before = before,
            Address = address,
            IsWitness = (flags & WitnessFlag) != 0,
            MemberAt = memberAt,
            Standing = (Standing)standing,
            Vote = vote,
            Known = known,
        };
        return true;
    }

    private static void WriteKnown(IReadOnlyList<KnownPeer> known, WireBuffer into)
    {
        int at = into.WrittenCount;
        into.WriteByte(0);
        byte count = 0;
        foreach (KnownPeer peer in known)
        {
            if (count == Hello.KnownMax || into.WrittenCount - at > KnownBytesMax)
            {
                break;
            }

            into.WriteVoter(peer.Id);
            into.WriteText(peer.Name);
            into.WriteText(peer.Address.ToString());
            count++;
        }

        into.GetWritten(at, 1)[0] = count;
    }

    private static bool TryKnown(ref FieldReader reader, out IReadOnlyList<KnownPeer> known)
    {
        var read = new List<KnownPeer>();
        known = read;
        if (!reader.TryByte(out byte count) || count > Hello.KnownMax)
        {
            return false;
        }

        while (read.Count < count)
        {
            bool isThere = reader.TryVoter(out VoterId id) & reader.TryText(out string name) & reader.TryText(out string at);
            if (!isThere || !PeerAddress.TryParse(at, out PeerAddress address))
            {
                return false;
            }

            read.Add(new KnownPeer(id, name, address));
        }

        return true;
    }
}
