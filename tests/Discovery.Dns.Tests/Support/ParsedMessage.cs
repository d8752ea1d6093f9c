using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Discovery.Support;

/// <summary>A reader of DNS messages that shares no line with the server: whatever it cannot read is malformed.</summary>
internal sealed class ParsedMessage
{
    private static readonly string[] s_rcodes = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

    private readonly byte[] _bytes;
    private int _at;

    public ParsedMessage(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes.ToArray();
        Require(_bytes.Length >= 12, "shorter than a header");
        Flags = ReadUInt16(2);
        _at = 12;
        int questions = ReadUInt16(4);
        Require(questions <= 1, "more than one question");
        if (questions == 1)
        {
            QuestionName = ReadName();
            QuestionType = Next16();
            QuestionClass = Next16();
        }

        for (int section = 0; section < 3; section++)
        {
            int count = ReadUInt16(6 + (2 * section));
            for (int i = 0; i < count; i++)
            {
                Item item = ReadRecord(section);
                if (item.Type != 41)
                {
                    Sections[section].Add(item);
                }
            }
        }

        Require(_at == _bytes.Length, $"{_bytes.Length - _at} bytes behind the last record");
    }

    public sealed record Item(string Owner, int Type, int Class, uint Ttl, string Data);

    public int Id => ReadUInt16(0);

    public int Flags { get; }

    public int Length => _bytes.Length;

    public string QuestionName { get; } = "";

    public int QuestionType { get; }

    public int QuestionClass { get; }

    public List<Item>[] Sections { get; } = [[], [], []];

    public List<Item> Answers => Sections[0];

    public List<Item> Authorities => Sections[1];

    public List<Item> Additionals => Sections[2];

    public bool HasOpt { get; private set; }

    public int OptSize { get; private set; }

    public bool OptDo { get; private set; }

    public string OptData { get; private set; } = "";

    public int ExtendedRcode { get; private set; }

    public bool IsTruncated => (Flags & 0x0200) != 0;

    public int Rcode => (Flags & 15) | (ExtendedRcode << 4);

    public string RcodeName => Rcode < s_rcodes.Length ? s_rcodes[Rcode] : Rcode == 16 ? "BADVERS" : $"RCODE{Rcode}";

    public string FlagNames
    {
        get
        {
            (int Bit, string Name)[] names =
                [(0x0400, "aa"), (0x0200, "tc"), (0x0100, "rd"), (0x0080, "ra"), (0x0020, "ad"), (0x0010, "cd")];
            return string.Join(' ', names.Where(one => (Flags & one.Bit) != 0).Select(static one => one.Name));
        }
    }

    /// <summary>The whole as one line without what differs each time; long lists as counts.</summary>
    public string Describe(int listMax = 7)
    {
        string[] names = ["answer", "authority", "additional"];
        string sections = string.Concat(
            Sections.Select((section, i) => section.Count == 0 ? "" : $" | {names[i]}: {List(section, listMax)}"));
        string opt = HasOpt ? $" | opt: {OptSize}{(OptDo ? " do" : "")}{(OptData.Length > 0 ? $" {OptData}" : "")}" : "";
        return $"{RcodeName} {FlagNames} {Length} bytes{sections}{opt}";
    }

    public static string TypeName(int type) => type switch
    {
        1 => "A", 2 => "NS", 5 => "CNAME", 6 => "SOA", 12 => "PTR", 15 => "MX", 16 => "TXT", 28 => "AAAA", 33 => "SRV", 43 => "DS",
        251 => "IXFR", 252 => "AXFR", 255 => "ANY", _ => $"TYPE{type}",
    };

    private string List(List<Item> section, int listMax)
    {
        if (section.Count > listMax)
        {
            return string.Join(
                ", ", section.GroupBy(static one => one.Type).Select(static group => $"{group.Count()} of {TypeName(group.Key)}"));
        }

        IEnumerable<string> lines = section.Select(one =>
            $"{(one.Owner == QuestionName ? "@" : one.Owner)} {one.Ttl} {TypeName(one.Type)} {one.Data}");
        return string.Join(", ", lines.Order(StringComparer.Ordinal));
    }

    private Item ReadRecord(int section)
    {
        string owner = ReadName();
        int type = Next16();
        int kind = Next16();
        uint ttl = ((uint)Next16() << 16) | (uint)Next16();
        int length = Next16();
        int end = _at + length;
        Require(end <= _bytes.Length, "data beyond the end");
        string data = type == 41 ? ReadOpt(section, owner, kind, ttl, end) : ReadData(type, end);
        Require(_at == end, $"data of type {type} ends at {_at}, not {end}");
        Require(type == 41 || kind == 1, $"class {kind}");
        return new Item(owner, type, kind, ttl, data);
    }

    private string ReadOpt(int section, string owner, int kind, uint ttl, int end)
    {
        Require(section == 2 && owner == "." && !HasOpt, "an OPT record where none may be");
        HasOpt = true;
        OptSize = kind;
        ExtendedRcode = (int)(ttl >> 24);
        OptDo = (ttl & 0x8000) != 0;
        Require((ttl & 0x00FF0000) == 0, "another version of EDNS");
        OptData = Convert.ToHexString(_bytes, _at, end - _at);
        _at = end;
        return "";
    }

    private string ReadData(int type, int end)
    {
        switch (type)
        {
            case 1 or 28:
                Require(end - _at == (type == 1 ? 4 : 16), "an address of another length");
                string address = new IPAddress(_bytes.AsSpan(_at, end - _at)).ToString();
                _at = end;
                return address;
            case 2 or 5 or 12:
                return ReadName();
            case 33:
                return string.Create(CultureInfo.InvariantCulture, $"{Next16()} {Next16()} {Next16()} {ReadName()}");
            case 6:
                string names = $"{ReadName()} {ReadName()} ";
                uint[] numbers = [.. Enumerable.Range(0, 5).Select(_ => ((uint)Next16() << 16) | (uint)Next16())];
                return $"{names}serial {string.Join(' ', numbers[1..])}";
            case 16:
                var strings = new List<string>();
                while (_at < end)
                {
                    int length = _bytes[_at];
                    Require(_at + 1 + length <= end, "a string beyond its record");
                    strings.Add($"\"{Encoding.UTF8.GetString(_bytes, _at + 1, length)}\"");
                    _at += 1 + length;
                }

                return string.Join(' ', strings);
            default:
                string hex = Convert.ToHexString(_bytes, _at, end - _at);
                _at = end;
                return hex;
        }
    }

    private string ReadName()
    {
        var text = new StringBuilder();
        int at = _at;
        int lowest = _at;
        bool hasJumped = false;
        int wireLength = 1;
        while (true)
        {
            Require(at < _bytes.Length, "a name beyond the end");
            int length = _bytes[at];
            if (length >= 0xC0)
            {
                int target = ReadUInt16(at) & 0x3FFF;
                Require(target < lowest && target >= 12, "a pointer that does not point back");
                _at = hasJumped ? _at : at + 2;
                hasJumped = true;
                at = lowest = target;
                continue;
            }

            Require(length < 64 && at + 1 + length <= _bytes.Length, "a label beyond the end");
            if (length == 0)
            {
                _at = hasJumped ? _at : at + 1;
                return text.Length == 0 ? "." : text.ToString();
            }

            wireLength += 1 + length;
            Require(wireLength <= 255, "a name of more than 255 bytes");
            foreach (byte b in _bytes.AsSpan(at + 1, length))
            {
                text.Append(b is > 32 and < 127 && b != '.' && b != '\\' ? ((char)b).ToString() : $"\\{b:000}");
            }

            text.Append('.');
            at += 1 + length;
        }
    }

    private int Next16()
    {
        _at += 2;
        return ReadUInt16(_at - 2);
    }

    private int ReadUInt16(int at)
    {
        Require(at + 2 <= _bytes.Length, "a number beyond the end");
        return BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at));
    }

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new FormatException($"Malformed at {_at}: {otherwise}\n{Convert.ToHexString(_bytes)}");
        }
    }
}
