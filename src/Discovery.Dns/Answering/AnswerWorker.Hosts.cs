using System.Buffers.Binary;
using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>Answers through the list of records: services at hosts that are told by name, and everything as Consul has it.</summary>
internal sealed partial class AnswerWorker
{
    private const int DepthMax = 3;
    private const int ConsulResolvedMax = 5;

    private void ListService(RecordSet set, uint ttl)
    {
        ushort type = _query.Type;
        if (type == DnsType.SRV)
        {
            ListPorts(set, ttl);
        }
        else if (type is DnsType.A or DnsType.AAAA or DnsType.ANY || type == (_settings.HasQuirks ? DnsType.TXT : DnsType.CNAME))
        {
            ListAddresses(set, ttl);
        }

        _isSelection = true;
        if (_records.Answers.Count == 0)
        {
            _records.Additionals.Clear();
            AddSoa(_records.Authorities);
        }
    }

    private void ListAddresses(RecordSet set, uint ttl)
    {
        ushort type = _query.Type;
        AddressWanted wanted = type == DnsType.A ? AddressWanted.V4 : type == DnsType.AAAA ? AddressWanted.V6 : AddressWanted.Any;
        var told = new HashSet<RecordAddress>();
        InstanceRecords? host = null;
        foreach (InstanceRecords instance in Shuffled(set.Instances))
        {
            bool takesBoth = type == DnsType.ANY && !_settings.HasQuirks;
            RecordAddress first = OwnOrNodes(instance, takesBoth ? AddressWanted.V4 : wanted);
            host ??= first.IsHost ? instance : null;
            int before = told.Count;
            TellAddress(first, ttl, told);
            if (takesBoth)
            {
                TellAddress(OwnOrNodes(instance, AddressWanted.V6), ttl, told);
            }

            if (told.Count > before && told.Count >= _settings.ARecordLimit && _settings.ARecordLimit > 0)
            {
                return;
            }
        }

        if (_records.Answers.Count == 0 && host is not null)
        {
            RecordAddress address = host.For(wanted);
            _records.Add(_records.Answers, default, DnsType.CNAME, ttl, address.Bytes);
            ResolveForService(address.Bytes!, wanted, _records.Answers, ttl);
        }
    }

    private void TellAddress(RecordAddress address, uint ttl, HashSet<RecordAddress> told)
    {
        if (address.IsAddress && _query.Type != DnsType.CNAME && told.Add(address))
        {
            _records.Add(_records.Answers, default, address.Type, ttl, address.Bytes);
        }
    }

    private void ListPorts(RecordSet set, uint ttl)
    {
        Span<byte> data = stackalloc byte[6 + DnsQuery.NameBytesMax];
        var told = new HashSet<(string Node, string Address, int Port)>();
        var glued = new HashSet<RecordAddress>();
        var textsOf = new HashSet<CatalogNode>(ReferenceEqualityComparer.Instance);
        foreach (InstanceRecords instance in Shuffled(set.Instances))
        {
            CatalogService service = instance.Instance.Service;
            if (!told.Add((service.Node, service.Address, service.Port)))
            {
                continue;
            }

            RecordAddress address = OwnOrNodes(instance, AddressWanted.Any);
            byte[]? target = address.IsAddress && instance.Any.IsHost ? instance.Node.Name : instance.Target;
            if (address.IsNone || target is null)
            {
                continue;
            }

            int weight = instance.Instance.Weight;
            BinaryPrimitives.WriteUInt16BigEndian(data, 1);
            BinaryPrimitives.WriteUInt16BigEndian(data[2..], (ushort)(_settings.HasQuirks && weight < 1 ? 1 : weight));
            BinaryPrimitives.WriteUInt16BigEndian(data[4..], (ushort)instance.Instance.Port);
            target.CopyTo(data[6..]);
            _records.Add(_records.Answers, default, DnsType.SRV, ttl, data[..(6 + target.Length)]);
            ListGlue(target, address, ttl, glued);
            if (_settings.AddsNodeTexts && instance.Node.Name is { } name
                && (_settings.HasQuirks || textsOf.Add(instance.Node.Node)))
            {
                foreach (byte[] text in instance.Node.Texts)
                {
                    _records.Add(_records.Additionals, name, DnsType.TXT, ttl, text);
                }
            }
        }
    }

    private void ListGlue(byte[] target, RecordAddress address, uint ttl, HashSet<RecordAddress> glued)
    {
        if (!_settings.HasQuirks && !glued.Add(new RecordAddress(target, DnsType.SRV)))
        {
            return;
        }

        if (address.IsHost)
        {
            ResolveForService(target, AddressWanted.Any, _records.Additionals, ttl);
        }
        else
        {
            _records.Add(_records.Additionals, target, address.Type, ttl, address.Bytes);
        }
    }

    // A service at the very name that was asked for is at its node: the way of Consul's own documentation to say so.
    private RecordAddress OwnOrNodes(InstanceRecords instance, AddressWanted wanted)
    {
        RecordAddress own = instance.For(wanted);
        return own.IsHost && _name.Raw.SequenceEqual(own.Bytes) ? instance.Node.For(wanted) : own;
    }

    private InstanceRecords[] Shuffled(InstanceRecords[] instances)
    {
        var order = new InstanceRecords[instances.Length];
        _picker.Begin(instances.Length);
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = instances[_picker.Draw()];
        }

        _picker.End();
        return order;
    }

    private void ResolveForService(byte[] host, AddressWanted wanted, List<ListedRecord> section, uint ttl)
    {
        int before = section.Count;
        ResolveHost(host, wanted, section, ttl, depth: 0);
        int most = before + ConsulResolvedMax;
        if (_settings.HasQuirks && !_query.HasOpt && section.Count > most)
        {
            section.RemoveRange(most, section.Count - most);
        }
    }

    // Records of a host's name: from this catalog when it is a name of ours, else from recursors.
    private void ResolveHost(ReadOnlySpan<byte> host, AddressWanted wanted, List<ListedRecord> section, uint? ttl, int depth)
    {
        var name = new QuestionName();
        name.Load(host);
        int labels = name.LabelsBefore(_settings.Domain);
        labels = labels < 0 && _settings.AltDomain is { } alternative ? name.LabelsBefore(alternative) : labels;
        if (labels < 0)
        {
            ResolveOutside(host, wanted, section, ttl);
            return;
        }

        if (depth >= DepthMax || (!_settings.HasQuirks && (IsAliasAlready(host, section) || DnsName.AreEqual(host, _name.Raw))))
        {
            return;
        }

        AddressWanted inside = _settings.HasQuirks ? AddressWanted.Any : wanted;
        ParsedName parsed = ParsedName.Parse(name, labels, DnsType.ANY, _settings.DatacenterLabel);
        Span<char> text = stackalloc char[NameCharsMax];
        if (parsed.Kind == NameKind.Node && name.Join(0, parsed.Parts, text) is > 0 and var nodeChars)
        {
            if (FindNode(text[..nodeChars]) is { } node)
            {
                AddInside(host, node.For(inside), inside, section, ttl ?? _settings.NodeTtl, depth);
            }
        }
        else if (parsed.Kind == NameKind.Service && name.Join(parsed.Parts - 1, parsed.Parts, text) is > 0 and var serviceChars)
        {
            Span<char> tag = stackalloc char[NameCharsMax];
            int tagChars = name.Join(0, parsed.Parts - 1, tag);
            RecordSet? set = _catalog.FindService(text[..serviceChars])?.Get(_settings.OnlyPassing, tag[..Math.Max(0, tagChars)]);
            AddInsideOf(host, set, inside, section, ttl ?? _settings.ServiceTtl(text[..serviceChars]), depth);
        }
        else if (parsed.Kind == NameKind.Address && parsed.Parts == 1)
        {
            AddWrittenAddress(host, name.Label(0), wanted, section, ttl ?? _settings.NodeTtl);
        }
    }

    private void AddInsideOf(
        ReadOnlySpan<byte> host, RecordSet? set, AddressWanted wanted, List<ListedRecord> section, uint ttl, int depth)
    {
        var told = new HashSet<RecordAddress>();
        RecordAddress alias = default;
        foreach (InstanceRecords instance in Shuffled(set?.Instances ?? []))
        {
            RecordAddress address = instance.For(wanted);
            if (address.IsAddress && told.Add(address))
            {
                _records.Add(section, host, address.Type, ttl, address.Bytes);
            }
            else if (address.IsHost && alias.IsNone)
            {
                alias = address;
            }
        }

        if (told.Count == 0 && !alias.IsNone)
        {
            AddInside(host, alias, wanted, section, ttl, depth);
        }
    }

    private void AddInside(
        ReadOnlySpan<byte> host, RecordAddress address, AddressWanted wanted, List<ListedRecord> section, uint ttl, int depth)
    {
        if (!address.IsNone)
        {
            _records.Add(section, host, address.Type, ttl, address.Bytes);
        }

        if (address.IsHost)
        {
            ResolveHost(address.Bytes, wanted, section, ttl, depth + 1);
        }
    }

    private void AddWrittenAddress(
        ReadOnlySpan<byte> host, ReadOnlySpan<byte> digits, AddressWanted wanted, List<ListedRecord> section, uint ttl)
    {
        Span<byte> address = stackalloc byte[16];
        if (digits.Length is 8 or 32
            && Convert.FromHexString(digits, address, out _, out int bytes) == System.Buffers.OperationStatus.Done)
        {
            var written = new RecordAddress(address[..bytes].ToArray(), bytes == 4 ? DnsType.A : DnsType.AAAA);
            if (written.Fits(wanted))
            {
                _records.Add(section, host, written.Type, ttl, written.Bytes);
            }
        }
    }

    // Consul asks recursors for IPv4 whatever was asked of it.
    private void ResolveOutside(ReadOnlySpan<byte> host, AddressWanted wanted, List<ListedRecord> section, uint? ttl)
    {
        if (!_settings.HasRecursors)
        {
            return;
        }

        ushort type = wanted == AddressWanted.V6 && !_settings.HasQuirks ? DnsType.AAAA : DnsType.A;
        if (_external is null || !_external.TryGet(host, type, out IReadOnlyList<ExternalRecord> records))
        {
            _wanted.Add(new ExternalName(host.ToArray(), type));
            return;
        }

        foreach (ExternalRecord record in records)
        {
            _records.Add(section, record.Owner, record.Type, ttl ?? record.Ttl, record.Data);
        }
    }

    private bool IsAliasAlready(ReadOnlySpan<byte> host, List<ListedRecord> section)
    {
        foreach (ListedRecord record in section)
        {
            if (record.Type == DnsType.CNAME && DnsName.AreEqual(_records.OwnerOf(record), host))
            {
                return true;
            }
        }

        return false;
    }
}
