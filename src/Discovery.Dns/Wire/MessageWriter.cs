using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Discovery.Wire;

/// <summary>Writes replies: the header, the question as it came, and records.</summary>
internal sealed class MessageWriter
{
    /// <summary>A pointer to the name of the question, which always stands at offset 12.</summary>
    public const ushort QuestionPointer = 0xC00C;

    /// <summary>What a server says it can take over UDP, where it does not repeat what the client said.</summary>
    public const ushort OwnUdpBytes = 1232;

    private readonly NameTable _names = new();

    /// <summary>Writes header and question.</summary>
    /// <returns>The offset behind them.</returns>
    public static int WriteHead(Span<byte> reply, ReadOnlySpan<byte> packet, in DnsQuery query, int flags)
    {
        packet[..query.QuestionEnd].CopyTo(reply);
        BinaryPrimitives.WriteUInt16BigEndian(reply[2..], (ushort)flags);
        BinaryPrimitives.WriteUInt16BigEndian(reply[4..], (ushort)(query.NameLength > 0 ? 1 : 0));
        reply[6..DnsQuery.HeaderBytes].Clear();
        return query.QuestionEnd;
    }

    /// <summary>Sets how many records the sections have.</summary>
    public static void WriteCounts(Span<byte> reply, int answers, int authorities, int additionals)
    {
        BinaryPrimitives.WriteUInt16BigEndian(reply[6..], (ushort)answers);
        BinaryPrimitives.WriteUInt16BigEndian(reply[8..], (ushort)authorities);
        BinaryPrimitives.WriteUInt16BigEndian(reply[10..], (ushort)additionals);
    }

    /// <summary>The bytes of the OPT record that a reply to a query has.</summary>
    public static int OptBytes(in DnsQuery query) =>
        !query.HasOpt ? 0 : DnsQuery.OptBytes + (query.SubnetLength > 0 ? 4 + query.SubnetLength : 0);

    /// <summary>Adds the OPT record at the end: the client subnet is repeated with scope 0, for it changes no answer.</summary>
    public static int WriteOpt(Span<byte> reply, int at, ReadOnlySpan<byte> packet, in DnsQuery query, int rcode, bool isConsul)
    {
        if (!query.HasOpt)
        {
            return at;
        }

        int options = OptBytes(query) - DnsQuery.OptBytes;
        Span<byte> opt = reply.Slice(at, DnsQuery.OptBytes + options);
        opt[..DnsQuery.OptBytes].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(opt[1..], DnsType.OPT);
        BinaryPrimitives.WriteUInt16BigEndian(opt[3..], isConsul ? query.OptSize : OwnUdpBytes);
        opt[5] = (byte)(rcode >> 4);
        opt[7] = (byte)(query.WantsDnssec && !isConsul ? 0x80 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(opt[9..], (ushort)options);
        if (options > 0)
        {
            packet.Slice(query.SubnetOffset - 4, options).CopyTo(opt[DnsQuery.OptBytes..]);
            opt[DnsQuery.OptBytes + 7] = 0;
        }

        BinaryPrimitives.WriteUInt16BigEndian(reply[10..], (ushort)(BinaryPrimitives.ReadUInt16BigEndian(reply[10..]) + 1));
        return at + opt.Length;
    }

    /// <summary>Writes a whole reply but for its OPT record.</summary>
    /// <param name="reply">Where to.</param>
    /// <param name="head">The bytes of header and question, which stand in <paramref name="reply"/> already.</param>
    /// <param name="records">The records.</param>
    /// <param name="answers">How many of the answers.</param>
    /// <param name="additionals">The additional records.</param>
    /// <param name="compresses">Whether names may point to others.</param>
    /// <returns>The bytes of the reply; -1 when there is no room.</returns>
    public int Write(
        Span<byte> reply, int head, RecordList records, int answers, List<ListedRecord> additionals, bool compresses)
    {
        _names.Clear();
        if (compresses)
        {
            _names.AddWritten(reply, DnsQuery.HeaderBytes);
        }

        int at = head;
        at = WriteSection(reply, at, records, CollectionsMarshal.AsSpan(records.Answers)[..answers], compresses);
        at = WriteSection(reply, at, records, CollectionsMarshal.AsSpan(records.Authorities), compresses);
        at = WriteSection(reply, at, records, CollectionsMarshal.AsSpan(additionals), compresses);
        WriteCounts(reply, answers, records.Authorities.Count, additionals.Count);
        return at;
    }

    /// <summary>The bytes of a record with all names in full.</summary>
    public static int FullBytes(in ListedRecord record, int questionName) =>
        (record.OwnerLength > 0 ? record.OwnerLength : questionName) + 10 + record.DataLength;

    private int WriteSection(Span<byte> reply, int at, RecordList records, ReadOnlySpan<ListedRecord> section, bool compresses)
    {
        foreach (ref readonly ListedRecord record in section)
        {
            at = at < 0 ? at : WriteRecord(reply, at, records, record, compresses);
        }

        return at;
    }

    private int WriteRecord(Span<byte> reply, int at, RecordList records, in ListedRecord record, bool compresses)
    {
        at = WriteOwner(reply, at, records.OwnerOf(record), compresses);
        if (at < 0 || at + 10 > reply.Length)
        {
            return -1;
        }

        BinaryPrimitives.WriteUInt16BigEndian(reply[at..], record.Type);
        BinaryPrimitives.WriteUInt16BigEndian(reply[(at + 2)..], DnsClass.IN);
        BinaryPrimitives.WriteUInt32BigEndian(reply[(at + 4)..], record.Ttl);
        int start = at + 10;
        int end = WriteData(reply, start, record.Type, records.DataOf(record), compresses);
        if (end >= 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(reply[(at + 8)..], (ushort)(end - start));
        }

        return end;
    }

    private int WriteOwner(Span<byte> reply, int at, ReadOnlySpan<byte> owner, bool compresses)
    {
        ReadOnlySpan<byte> name = owner;
        if (name.Length == 0)
        {
            if (compresses && reply[DnsQuery.HeaderBytes] != 0)
            {
                if (at + 2 > reply.Length)
                {
                    return -1;
                }

                BinaryPrimitives.WriteUInt16BigEndian(reply[at..], QuestionPointer);
                return at + 2;
            }

            name = reply[DnsQuery.HeaderBytes..DnsQuery.EndOfName(reply, DnsQuery.HeaderBytes, mayPoint: false)];
        }

        return compresses ? _names.Write(reply, at, name, mayPoint: true) : Copy(reply, at, name);
    }

    private int WriteData(Span<byte> reply, int at, ushort type, ReadOnlySpan<byte> data, bool compresses)
    {
        if (!compresses)
        {
            return Copy(reply, at, data);
        }

        switch (type)
        {
            case DnsType.NS or DnsType.CNAME or DnsType.PTR:
                return _names.Write(reply, at, data, mayPoint: true);
            case DnsType.SRV:
                at = Copy(reply, at, data[..6]);
                return at < 0 ? at : _names.Write(reply, at, data[6..], mayPoint: false);
            case DnsType.SOA:
                int first = DnsQuery.EndOfName(data, 0, mayPoint: false);
                int second = DnsQuery.EndOfName(data, first, mayPoint: false);
                at = _names.Write(reply, at, data[..first], mayPoint: true);
                at = at < 0 ? at : _names.Write(reply, at, data[first..second], mayPoint: true);
                return at < 0 ? at : Copy(reply, at, data[second..]);
            default:
                return Copy(reply, at, data);
        }
    }

    private static int Copy(Span<byte> reply, int at, ReadOnlySpan<byte> bytes)
    {
        if (at + bytes.Length > reply.Length)
        {
            return -1;
        }

        bytes.CopyTo(reply[at..]);
        return at + bytes.Length;
    }
}
