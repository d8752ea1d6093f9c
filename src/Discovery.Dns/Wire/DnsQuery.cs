using System.Buffers.Binary;

namespace Discovery.Wire;

/// <summary>What the server reads of a query: header, the one question, and the options of EDNS. Offsets point into the packet.</summary>
/// <remarks>
/// RFC 1035 section 4.1, RFC 6891 for OPT, RFC 7871 for the client subnet. Names in the question may not hold pointers, so reading ends
/// after at most 255 bytes; records behind it are stepped over without following anything.
/// </remarks>
internal struct DnsQuery
{
    public const int HeaderBytes = 12;
    public const int NameBytesMax = 255;
    public const int OptBytes = 11;
    private const int RecordHeadBytes = 10;
    private const ushort ClientSubnet = 8;

    public ushort Id;
    public ushort Flags;
    public ushort Type;
    public ushort Class;

    /// <summary>The bytes of the name, its final zero included; 0 when the question could not be read.</summary>
    public int NameLength;

    public bool HasOpt;

    /// <summary>Whether the OPT record holds options.</summary>
    public bool HasOptions;
    public bool WantsDnssec;
    public byte OptVersion;
    public ushort OptSize;

    /// <summary>Where the client subnet's data stands, and its bytes; 0 when there is none.</summary>
    public int SubnetOffset;
    public int SubnetLength;

    /// <summary>Where the question ends.</summary>
    public readonly int QuestionEnd => NameLength == 0 ? HeaderBytes : HeaderBytes + NameLength + 4;

    /// <summary>Reads a packet.</summary>
    /// <param name="packet">What came in.</param>
    /// <param name="isLenient">Accept what Consul accepts: NOTIFY, records that do not belong in a query, two OPTs, any version.</param>
    /// <param name="query">What was read, also of a query that is refused.</param>
    public static QueryVerdict Read(ReadOnlySpan<byte> packet, bool isLenient, out DnsQuery query)
    {
        query = default;
        if (packet.Length < HeaderBytes || (packet[2] & 0x80) != 0)
        {
            return QueryVerdict.Drop;
        }

        query.Id = BinaryPrimitives.ReadUInt16BigEndian(packet);
        query.Flags = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        int opcode = (query.Flags & DnsFlags.Opcode) >> 11;
        if (opcode != 0 && !(isLenient && opcode == 4))
        {
            return QueryVerdict.NotImp;
        }

        int answers = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        int authorities = BinaryPrimitives.ReadUInt16BigEndian(packet[8..]);
        int additionals = BinaryPrimitives.ReadUInt16BigEndian(packet[10..]);
        if (BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) != 1 || answers > 1 || authorities > 1 || additionals > 2)
        {
            return QueryVerdict.FormErr;
        }

        int at = EndOfName(packet, HeaderBytes, mayPoint: false);
        if (at < 0 || at + 4 > packet.Length)
        {
            return QueryVerdict.FormErr;
        }

        query.NameLength = at - HeaderBytes;
        query.Type = BinaryPrimitives.ReadUInt16BigEndian(packet[at..]);
        query.Class = BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 2)..]);
        if (!isLenient && (answers > 0 || (authorities > 0 && query.Type != DnsType.IXFR)))
        {
            return QueryVerdict.FormErr;
        }

        at += 4;
        for (int i = 0; i < answers + authorities + additionals; i++)
        {
            if (isLenient && i >= answers + authorities && at == packet.Length)
            {
                break;
            }

            at = query.ReadRecord(packet, at, isLenient);
            if (at < 0)
            {
                return QueryVerdict.FormErr;
            }
        }

        return query.OptVersion > 0 && !isLenient ? QueryVerdict.BadVers : QueryVerdict.Answer;
    }

    /// <summary>Steps over a name.</summary>
    /// <returns>The offset behind it, or -1 when it is malformed, too long or ends outside.</returns>
    public static int EndOfName(ReadOnlySpan<byte> packet, int at, bool mayPoint)
    {
        int start = at;
        while (at < packet.Length)
        {
            int length = packet[at];
            if (length == 0)
            {
                return at + 1 - start <= NameBytesMax ? at + 1 : -1;
            }

            if (length >= 0xC0)
            {
                return mayPoint && at + 2 <= packet.Length ? at + 2 : -1;
            }

            at += 1 + length;
            if (length > 63 || at - start > NameBytesMax)
            {
                return -1;
            }
        }

        return -1;
    }

    private int ReadRecord(ReadOnlySpan<byte> packet, int at, bool isLenient)
    {
        int name = at;
        at = EndOfName(packet, at, mayPoint: true);
        if (at < 0 || at + RecordHeadBytes > packet.Length)
        {
            return -1;
        }

        ReadOnlySpan<byte> head = packet.Slice(at, RecordHeadBytes);
        int data = at + RecordHeadBytes;
        int end = data + BinaryPrimitives.ReadUInt16BigEndian(head[8..]);
        if (end > packet.Length)
        {
            return -1;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(head) != DnsType.OPT)
        {
            return end;
        }

        if (packet[name] != 0 || (HasOpt && !isLenient))
        {
            return -1;
        }

        HasOpt = true;
        HasOptions |= data < end;
        OptSize = BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
        OptVersion = head[5];
        WantsDnssec = (head[6] & 0x80) != 0;
        return ReadOptions(packet, data, end) ? end : -1;
    }

    private bool ReadOptions(ReadOnlySpan<byte> packet, int at, int end)
    {
        while (at < end)
        {
            if (at + 4 > end)
            {
                return false;
            }

            int code = BinaryPrimitives.ReadUInt16BigEndian(packet[at..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 2)..]);
            at += 4;
            if (at + length > end)
            {
                return false;
            }

            if (code == ClientSubnet)
            {
                if (!IsSubnet(packet.Slice(at, length)))
                {
                    return false;
                }

                SubnetOffset = at;
                SubnetLength = length;
            }

            at += length;
        }

        return true;
    }

    // Family, source prefix, scope prefix, and as many bytes as the source prefix needs.
    private static bool IsSubnet(ReadOnlySpan<byte> data)
    {
        if (data.Length < 4)
        {
            return false;
        }

        int family = BinaryPrimitives.ReadUInt16BigEndian(data);
        int bits = family switch { 0 => 0, 1 => 32, 2 => 128, _ => -1 };
        return data[2] <= bits && data.Length == 4 + ((data[2] + 7) / 8);
    }
}
