using System.Buffers.Binary;
using System.Net;
using System.Text;
using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>Answers about the zone itself, nodes, addresses and the names of addresses.</summary>
internal sealed partial class AnswerWorker
{
    private const int NameServersMax = 3;
    private static readonly byte[] s_primary = [2, .. "ns"u8];
    private static readonly byte[] s_mailbox = [10, .. "hostmaster"u8];

    private void AddSoa(List<ListedRecord> section)
    {
        Span<byte> data = stackalloc byte[(2 * DnsQuery.NameBytesMax) + 64];
        int at = Append(data, 0, s_primary);
        at = Append(data, at, _zone);
        at = Append(data, at, s_mailbox);
        at = Append(data, at, _zone);
        BinaryPrimitives.WriteUInt32BigEndian(data[at..], (uint)_request.UnixSeconds);
        BinaryPrimitives.WriteUInt32BigEndian(data[(at + 4)..], _settings.SoaRefresh);
        BinaryPrimitives.WriteUInt32BigEndian(data[(at + 8)..], _settings.SoaRetry);
        BinaryPrimitives.WriteUInt32BigEndian(data[(at + 12)..], _settings.SoaExpire);
        BinaryPrimitives.WriteUInt32BigEndian(data[(at + 16)..], _settings.SoaMinTtl);
        _records.Add(section, _zone, DnsType.SOA, _settings.SoaMinTtl, data[..(at + 20)]);
    }

    private static int Append(Span<byte> target, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target[at..]);
        return at + bytes.Length;
    }

    private void AnswerApex(ushort type)
    {
        if (type == DnsType.SOA)
        {
            AddSoa(_records.Answers);
        }

        AddNameServers(type == DnsType.SOA ? _records.Authorities : _records.Answers);
        if (_records.Answers.Count == 0 && !_settings.HasQuirks)
        {
            AddSoa(_records.Authorities);
        }
    }

    // Servers are the instances of service consul; of those whose names DNS can carry, up to three.
    private void AddNameServers(List<ListedRecord> section)
    {
        if (_catalog.FindService("consul")?.Get(_settings.OnlyPassing, default).Instances is not { Length: > 0 } servers)
        {
            return;
        }

        int found = 0;
        Span<byte> folded = stackalloc byte[DnsQuery.NameBytesMax];
        _picker.Begin(servers.Length);
        for (int i = 0; i < servers.Length && found < NameServersMax; i++)
        {
            InstanceRecords server = servers[_picker.Draw()];
            if (server.Node.Name is not { } name || !IsPlain(server.Node.Node.Name))
            {
                continue;
            }

            found++;
            DnsName.Fold(name, folded);
            ReadOnlySpan<byte> target = folded[..name.Length];
            _records.Add(section, _zone, DnsType.NS, _settings.NodeTtl, target);
            RecordAddress address = server.Node.Any;
            if (address.IsAddress)
            {
                _records.Add(_records.Additionals, target, address.Type, _settings.NodeTtl, address.Bytes);
            }
        }

        _picker.End();
    }

    private static bool IsPlain(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }

    private void AnswerNode(int parts)
    {
        ushort type = _query.Type;
        bool isKnownType = type is DnsType.A or DnsType.AAAA or DnsType.ANY or DnsType.TXT;
        if (_settings.HasQuirks && !isKnownType)
        {
            return;
        }

        Span<char> text = stackalloc char[NameCharsMax];
        int chars = _name.Join(0, parts, text);
        NodeRecords? node = chars < 0 || (_settings.HasQuirks && _name.HasEscapes(0, parts)) ? null : FindNode(text[..chars]);
        if (node is null)
        {
            NoSuchName();
            return;
        }

        uint ttl = _settings.NodeTtl;
        if (type != DnsType.TXT)
        {
            AddNodeAddresses(node, ttl);
        }

        bool isAsked = type is DnsType.TXT or DnsType.ANY;
        bool isNear = _settings.AddsNodeTexts && isKnownType && (_settings.HasQuirks || _records.Answers.Count > 0);
        foreach (byte[] data in isAsked || isNear ? node.Texts : [])
        {
            _records.Add(isAsked ? _records.Answers : _records.Additionals, default, DnsType.TXT, ttl, data);
        }

        if (_records.Answers.Count == 0 && !_settings.HasQuirks)
        {
            AddSoa(_records.Authorities);
        }
    }

    private NodeRecords? FindNode(ReadOnlySpan<char> name) =>
        _catalog.FindNode(name) ?? (Guid.TryParseExact(name, "D", out Guid id) ? _catalog.FindNode(id) : null);

    private void AddNodeAddresses(NodeRecords node, uint ttl)
    {
        ushort type = _query.Type;
        bool takesBoth = type == DnsType.ANY && !_settings.HasQuirks;
        if (takesBoth && node.V4.IsAddress && node.V6.IsAddress)
        {
            _records.Add(_records.Answers, default, DnsType.A, ttl, node.V4.Bytes);
            _records.Add(_records.Answers, default, DnsType.AAAA, ttl, node.V6.Bytes);
            return;
        }

        AddressWanted wanted = type == DnsType.A ? AddressWanted.V4 : type == DnsType.AAAA ? AddressWanted.V6 : AddressWanted.Any;
        RecordAddress address = node.For(wanted);
        if (address.IsHost && (type is DnsType.A or DnsType.AAAA or DnsType.ANY or DnsType.CNAME))
        {
            _records.Add(_records.Answers, default, DnsType.CNAME, ttl, address.Bytes);
            ResolveHost(address.Bytes!, wanted, _records.Answers, ttl: null, depth: 0);
        }
        else if (address.IsAddress && (type == address.Type || type == DnsType.ANY))
        {
            _records.Add(_records.Answers, default, address.Type, ttl, address.Bytes);
        }
    }

    private void AnswerAddress(int parts)
    {
        Span<byte> address = stackalloc byte[16];
        ReadOnlySpan<byte> digits = _name.Label(0);
        bool isHex = parts == 1 && digits.Length % 2 == 0 && digits.Length <= 32
            && Convert.FromHexString(digits, address, out _, out _) == System.Buffers.OperationStatus.Done;
        bool isAddress = isHex && digits.Length is 8 or 32;
        if (!isAddress)
        {
            // Consul measures in pairs of digits, and finds nothing to object to in a number of another length.
            if (!(isHex && _settings.HasQuirks))
            {
                NoSuchName();
            }

            return;
        }

        ushort type = digits.Length == 8 ? DnsType.A : DnsType.AAAA;
        ReadOnlySpan<byte> owner = _settings.HasQuirks ? AddressOwnerOfConsul(parts) : default;
        if (_settings.HasQuirks || _query.Type == type || _query.Type == DnsType.ANY)
        {
            _records.Add(_records.Answers, owner, type, _settings.NodeTtl, address[..(digits.Length / 2)]);
        }
        else
        {
            AddSoa(_records.Authorities);
        }
    }

    // In lower case and below the first domain, whatever was asked.
    private byte[] AddressOwnerOfConsul(int parts)
    {
        ReadOnlySpan<byte> folded = _name.Folded;
        int labels = _name.LabelsBefore(_settings.Domain);
        labels = labels >= 0 ? labels : _name.LabelsBefore(_settings.AltDomain);
        return [.. folded[.._name.OffsetOf(Math.Max(labels, parts + 1))], .. _settings.Domain];
    }

    /// <summary>Answers a question below arpa, as far as the catalog knows the address.</summary>
    /// <returns>Always true, so that it can stand in a condition.</returns>
    private bool AnswerPointer(out bool isFound)
    {
        isFound = false;
        AddressOwner? owner = ReverseName.TryParse(_name, out IPAddress? address) ? _catalog.FindAddress(address) : null;
        byte[]? target = owner switch
        {
            { Service: { } service } => ServiceName(service.Name),
            { Node: { } node } => _catalog.Maker.Of(node).Name,
            _ => null,
        };
        if (target is not null)
        {
            isFound = true;
            if (_settings.HasQuirks || _query.Type is DnsType.PTR or DnsType.ANY)
            {
                _records.Add(_records.Answers, default, DnsType.PTR, 0, target);
            }

            if (_settings.HasQuirks && _query.Type == DnsType.SOA)
            {
                AddSoa(_records.Authorities);
            }
        }
        else if (!_settings.HasRecursors)
        {
            // A zone that is not ours has no SOA of ours; Consul says that it failed, which makes resolvers ask again.
            _isAuthoritative = !_settings.HasQuirks;
            _claimsRecursion = _settings.HasQuirks;
            _rcode = _settings.HasQuirks ? DnsRcode.ServFail : DnsRcode.NXDomain;
        }

        return true;
    }

    private byte[]? ServiceName(string service)
    {
        byte[] name = Encoding.UTF8.GetBytes(service);
        bool fits = name.Length is > 0 and <= DnsName.LabelBytesMax;
        return fits ? [(byte)name.Length, .. name, 7, .. "service"u8, .. _catalog.Maker.Suffix] : null;
    }
}
