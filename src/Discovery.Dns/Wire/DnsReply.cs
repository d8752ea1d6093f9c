using System.Buffers.Binary;

namespace Discovery.Wire;

/// <summary>Reads the replies of recursors. Pure, and false for whatever is malformed.</summary>
internal static class DnsReply
{
    private const int RecordHeadBytes = 10;

    /// <summary>Whether a message answers a query: same identity and question, and a response.</summary>
    public static bool Answers(ReadOnlySpan<byte> reply, ReadOnlySpan<byte> query, int questionEnd) =>
        reply.Length >= questionEnd
        && reply[..2].SequenceEqual(query[..2])
        && (reply[2] & 0xF8) == 0x80
        && BinaryPrimitives.ReadUInt16BigEndian(reply[4..]) == 1
        && DnsName.AreEqual(reply[DnsQuery.HeaderBytes..(questionEnd - 4)], query[DnsQuery.HeaderBytes..(questionEnd - 4)])
        && reply[(questionEnd - 4)..questionEnd].SequenceEqual(query[(questionEnd - 4)..questionEnd]);

    public static int RcodeOf(ReadOnlySpan<byte> reply) => reply[3] & DnsFlags.Rcode;

    public static bool IsTruncated(ReadOnlySpan<byte> reply) => (reply[2] & 0x02) != 0;

    /// <summary>How long an answer may be remembered: the least time to live of its records; 0 for what may not be.</summary>
    public static uint TtlOf(ReadOnlySpan<byte> reply, int questionEnd)
    {
        uint least = uint.MaxValue;
        bool isSound = Walk(reply, questionEnd, (_, type, ttl, _, _) => least = type == DnsType.OPT ? least : Math.Min(least, ttl));
        bool hasAnswers = BinaryPrimitives.ReadUInt16BigEndian(reply[6..]) > 0;
        return isSound && hasAnswers && RcodeOf(reply) == 0 && !IsTruncated(reply) && least != uint.MaxValue ? least : 0;
    }

    /// <summary>Takes time that has passed off the times to live.</summary>
    public static void Age(Span<byte> reply, int questionEnd, uint seconds)
    {
        var places = new List<(int At, uint Ttl)>();
        Walk(reply, questionEnd, (head, type, ttl, _, _) =>
        {
            if (type != DnsType.OPT)
            {
                places.Add((head + 4, ttl - Math.Min(ttl, seconds)));
            }
        });
        foreach ((int at, uint ttl) in places)
        {
            BinaryPrimitives.WriteUInt32BigEndian(reply[at..], ttl);
        }
    }

    /// <summary>The addresses and aliases among the answers, with names in full; empty when the reply is malformed.</summary>
    public static IReadOnlyList<ExternalRecord> ReadAnswers(byte[] reply, int questionEnd)
    {
        var records = new List<ExternalRecord>();
        int answers = BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(6));
        byte[] name = new byte[DnsQuery.NameBytesMax];
        bool isSound = true;
        isSound &= Walk(reply, questionEnd, (head, type, ttl, data, owner) =>
        {
            if (answers-- <= 0 || type is not (DnsType.A or DnsType.AAAA or DnsType.CNAME))
            {
                return;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(head + 8));
            int ownerBytes = DnsName.Expand(reply, owner, name);
            isSound &= ownerBytes > 0 && (type == DnsType.CNAME || length == (type == DnsType.A ? 4 : 16));
            if (isSound)
            {
                byte[] ownerName = name[..ownerBytes];
                int targetBytes = type == DnsType.CNAME ? DnsName.Expand(reply, data, name) : 0;
                isSound &= targetBytes >= 0;
                byte[] value = !isSound ? [] : type == DnsType.CNAME ? name[..targetBytes] : reply[data..(data + length)];
                records.Add(new ExternalRecord(ownerName, type, ttl, value));
            }
        });
        return isSound ? records : [];
    }

    private static bool Walk(ReadOnlySpan<byte> reply, int at, Action<int, ushort, uint, int, int> visit)
    {
        int count = BinaryPrimitives.ReadUInt16BigEndian(reply[6..]) + BinaryPrimitives.ReadUInt16BigEndian(reply[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(reply[10..]);
        for (int i = 0; i < count; i++)
        {
            int owner = at;
            int head = DnsQuery.EndOfName(reply, at, mayPoint: true);
            if (head < 0 || head + RecordHeadBytes > reply.Length)
            {
                return false;
            }

            int data = head + RecordHeadBytes;
            at = data + BinaryPrimitives.ReadUInt16BigEndian(reply[(head + 8)..]);
            if (at > reply.Length)
            {
                return false;
            }

            ushort type = BinaryPrimitives.ReadUInt16BigEndian(reply[head..]);
            visit(head, type, BinaryPrimitives.ReadUInt32BigEndian(reply[(head + 4)..]), data, owner);
        }

        return true;
    }
}
