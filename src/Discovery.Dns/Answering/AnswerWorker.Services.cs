using System.Buffers.Binary;
using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>Answers about services.</summary>
internal sealed partial class AnswerWorker
{
    private const int NameCharsMax = DnsQuery.NameBytesMax;

    private int AnswerService(ReadOnlySpan<byte> packet, Span<byte> reply, int parts)
    {
        Span<char> text = stackalloc char[2 * NameCharsMax];
        RecordSet? set = FindSet(parts, text, out ReadOnlySpan<char> service);
        if (set is null || set.Instances.Length == 0)
        {
            NoSuchName();
            return Finish(packet, reply);
        }

        uint ttl = _settings.ServiceTtl(service);
        ushort type = _query.Type;
        if (_settings.HasQuirks || !_settings.Compresses || set.HasHosts || type == DnsType.ANY)
        {
            ListService(set, ttl);
            return Finish(packet, reply);
        }

        if (type == DnsType.SRV)
        {
            return WritePorts(packet, reply, set.Ports, ttl);
        }

        AddressList? addresses = type == DnsType.A ? set.V4 : type == DnsType.AAAA ? set.V6 : null;
        if (addresses is null || addresses.Count == 0)
        {
            AddSoa(_records.Authorities);
            return Finish(packet, reply);
        }

        return WriteAddresses(packet, reply, addresses, ttl);
    }

    // The selection that a name of the kind tag.service, service or _service._tag asks for.
    private RecordSet? FindSet(int parts, Span<char> text, out ReadOnlySpan<char> service)
    {
        bool isRfc2782 = parts == 2 && _name.Label(0)[0] == '_' && _name.Label(1)[0] == '_';
        Span<char> tag = text[NameCharsMax..];
        int serviceChars = _name.Join(isRfc2782 ? 0 : parts - 1, isRfc2782 ? 1 : parts, text);
        int tagChars = isRfc2782 ? _name.Join(1, 2, tag) : _name.Join(0, parts - 1, tag);
        service = default;
        if (serviceChars < 0 || tagChars < 0 || (_settings.HasQuirks && _name.HasEscapes(0, parts)))
        {
            return null;
        }

        int skip = isRfc2782 ? 1 : 0;
        service = text[skip..serviceChars];
        ReadOnlySpan<char> wanted = tag[skip..Math.Max(skip, tagChars)];
        if (isRfc2782 && wanted is "tcp")
        {
            wanted = default;
        }

        return _catalog.FindService(service)?.Get(_settings.OnlyPassing, wanted);
    }

    private int WriteAddresses(ReadOnlySpan<byte> packet, Span<byte> reply, AddressList addresses, uint ttl)
    {
        int opt = MessageWriter.OptBytes(_query);
        int room = Math.Max(0, (AllowedBytes - opt - _query.QuestionEnd) / addresses.RecordBytes);
        int wanted = _settings.ARecordLimit > 0 ? Math.Min(addresses.Count, _settings.ARecordLimit) : addresses.Count;
        int count = Math.Min(Math.Min(wanted, AnswersMax), room);
        _isTruncated = count == 0 || (count < wanted && TellsCut(isBySize: room < Math.Min(wanted, AnswersMax)));

        int at = MessageWriter.WriteHead(reply, packet, _query, HeadFlags(DnsRcode.NoError));
        at += addresses.Write(reply[at..], count, ttl, _picker);
        MessageWriter.WriteCounts(reply, count, 0, 0);
        return MessageWriter.WriteOpt(reply, at, packet, _query, DnsRcode.NoError, isConsul: false);
    }

    private int WritePorts(ReadOnlySpan<byte> packet, Span<byte> reply, PortList ports, uint ttl)
    {
        PortRecord[] records = ports.Records;
        if (records.Length == 0)
        {
            AddSoa(_records.Authorities);
            return Finish(packet, reply);
        }

        int limit = AllowedBytes - MessageWriter.OptBytes(_query);
        int wanted = Math.Min(records.Length, AnswersMax);
        if (_picks.Length < wanted)
        {
            _picks = new int[Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)wanted))];
        }

        int start = MessageWriter.WriteHead(reply, packet, _query, 0);
        uint generation = NextSeen(ports.TargetCount);
        _picker.Begin(records.Length);
        int at = start;
        int glue = 0;
        int count = 0;
        for (; count < wanted; count++)
        {
            int index = _picker.Draw();
            PortRecord record = records[index];
            int more = _seen[record.Target] == generation ? 0 : GlueBytes(record, at);
            if (at + record.Service.Length + glue + more > limit)
            {
                break;
            }

            _seen[record.Target] = generation;
            _picks[count] = index;
            record.Service.CopyTo(reply[at..]);
            BinaryPrimitives.WriteUInt32BigEndian(reply[(at + PortRecord.TtlOffset)..], ttl);
            at += record.Service.Length;
            glue += more;
        }

        _picker.End();
        _isTruncated = count == 0 || (count < records.Length && TellsCut(isBySize: count < wanted));
        int additionals = 0;
        if (count > 0)
        {
            at = WriteGlue(reply, start, at, count, ports, ttl, ref additionals);
            bool hasTexts = _settings.AddsNodeTexts && count == records.Length && ports.TextCount > 0;
            at = hasTexts ? WriteTexts(reply, start, at, limit, ports, ttl, ref additionals) : at;
        }

        BinaryPrimitives.WriteUInt16BigEndian(reply[2..], (ushort)HeadFlags(DnsRcode.NoError));
        MessageWriter.WriteCounts(reply, count, 0, additionals);
        return MessageWriter.WriteOpt(reply, at, packet, _query, DnsRcode.NoError, isConsul: false);
    }

    // A pointer reaches 16 KB; behind that a name is written in full.
    private static bool IsInReach(int serviceAt) => serviceAt + PortRecord.TargetOffset <= 0x3FFF;

    private static int GlueBytes(PortRecord record, int serviceAt) =>
        record.Glue.Length + (IsInReach(serviceAt) ? 0 : record.TargetBytes - 2);

    private int WriteGlue(Span<byte> reply, int serviceAt, int at, int count, PortList ports, uint ttl, ref int additionals)
    {
        uint generation = NextSeen(ports.TargetCount);
        for (int i = 0; i < count; i++)
        {
            PortRecord record = ports.Records[_picks[i]];
            if (_seen[record.Target] != generation)
            {
                _seen[record.Target] = generation;
                at = WriteOwner(reply, at, record, serviceAt);
                record.Glue.AsSpan(2).CopyTo(reply[at..]);
                BinaryPrimitives.WriteUInt32BigEndian(reply[(at + 4)..], ttl);
                at += record.Glue.Length - 2;
                additionals++;
            }

            serviceAt += record.Service.Length;
        }

        return at;
    }

    private static int WriteOwner(Span<byte> reply, int at, PortRecord record, int serviceAt)
    {
        if (IsInReach(serviceAt))
        {
            BinaryPrimitives.WriteUInt16BigEndian(reply[at..], (ushort)(0xC000 | (serviceAt + PortRecord.TargetOffset)));
            return at + 2;
        }

        record.Service.AsSpan(PortRecord.TargetOffset).CopyTo(reply[at..]);
        return at + record.TargetBytes;
    }

    // Metadata is a courtesy: all of it or none, and none where names are out of a pointer's reach.
    private int WriteTexts(Span<byte> reply, int serviceAt, int at, int limit, PortList ports, uint ttl, ref int additionals)
    {
        if (at + ports.TextBytes > limit || !IsInReach(at))
        {
            return at;
        }

        foreach (int index in _picks.AsSpan(0, ports.Records.Length))
        {
            PortRecord record = ports.Records[index];
            for (int from = 0; from < record.Texts.Length;)
            {
                int target = serviceAt + PortRecord.TargetOffset;
                if (record.TextOwner is { } owner)
                {
                    owner.CopyTo(reply[at..]);
                    at += owner.Length;
                    target += record.TargetBytes - ports.SuffixBytes;
                }

                BinaryPrimitives.WriteUInt16BigEndian(reply[at..], (ushort)(0xC000 | target));
                at += 2;
                int bytes = 10 + BinaryPrimitives.ReadUInt16BigEndian(record.Texts.AsSpan(from + 8));
                record.Texts.AsSpan(from, bytes).CopyTo(reply[at..]);
                BinaryPrimitives.WriteUInt32BigEndian(reply[(at + 4)..], ttl);
                at += bytes;
                from += bytes;
                additionals++;
            }

            serviceAt += record.Service.Length;
        }

        return at;
    }
}
