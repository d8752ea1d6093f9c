using System.Buffers.Binary;
using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>The SRV records of a service whose every target has an address.</summary>
internal sealed class PortList
{
    private readonly byte[] _suffix;

    public PortList(IReadOnlyList<InstanceRecords> instances, byte[] suffix)
    {
        _suffix = suffix;
        var seen = new HashSet<(string Node, string Address, int Port)>();
        var targets = new Dictionary<RecordAddress, int>();
        var nodes = new HashSet<CatalogNode>(ReferenceEqualityComparer.Instance);
        var records = new List<PortRecord>(instances.Count);
        foreach (InstanceRecords instance in instances)
        {
            CatalogService service = instance.Instance.Service;
            if (instance.Any.IsAddress && seen.Add((service.Node, service.Address, service.Port)))
            {
                records.Add(Make(instance, targets, nodes.Add(instance.Node.Node)));
            }
        }

        Records = [.. records];
        TargetCount = targets.Count;
        foreach (PortRecord record in records)
        {
            int owner = record.TextOwner is null ? 2 : record.TextOwner.Length + 2;
            TextBytes += record.Texts.Length + (owner * record.TextCount);
            TextCount += record.TextCount;
        }
    }

    public PortRecord[] Records { get; }

    public int TargetCount { get; }

    /// <summary>The bytes of all TXT records, with owners that are pointers where they can be.</summary>
    public int TextBytes { get; }

    public int TextCount { get; }

    /// <summary>The bytes of the name that all targets end with.</summary>
    public int SuffixBytes => _suffix.Length;

    public int EstimatedBytes => (Records.Length * 256) + TextBytes;

    private PortRecord Make(InstanceRecords instance, Dictionary<RecordAddress, int> targets, bool isFirstOfNode)
    {
        byte[] target = instance.Target!;
        var key = new RecordAddress(target, DnsType.SRV);
        if (!targets.TryGetValue(key, out int number))
        {
            number = targets.Count;
            targets.Add(key, number);
        }

        byte[] service = new byte[PortRecord.TargetOffset + target.Length];
        BinaryPrimitives.WriteUInt16BigEndian(service, MessageWriter.QuestionPointer);
        BinaryPrimitives.WriteUInt16BigEndian(service.AsSpan(2), DnsType.SRV);
        BinaryPrimitives.WriteUInt16BigEndian(service.AsSpan(4), DnsClass.IN);
        BinaryPrimitives.WriteUInt16BigEndian(service.AsSpan(10), (ushort)(6 + target.Length));
        BinaryPrimitives.WriteUInt16BigEndian(service.AsSpan(12), 1);
        BinaryPrimitives.WriteUInt16BigEndian(service.AsSpan(14), (ushort)instance.Instance.Weight);
        BinaryPrimitives.WriteUInt16BigEndian(service.AsSpan(16), (ushort)instance.Instance.Port);
        target.CopyTo(service.AsSpan(PortRecord.TargetOffset));

        byte[] address = instance.Any.Bytes!;
        byte[] glue = new byte[12 + address.Length];
        BinaryPrimitives.WriteUInt16BigEndian(glue.AsSpan(2), instance.Any.Type);
        BinaryPrimitives.WriteUInt16BigEndian(glue.AsSpan(4), DnsClass.IN);
        BinaryPrimitives.WriteUInt16BigEndian(glue.AsSpan(10), (ushort)address.Length);
        address.CopyTo(glue.AsSpan(12));

        NodeRecords node = instance.Node;
        bool tells = isFirstOfNode && node.Name is not null;
        byte[]? owner = tells && !node.Name.AsSpan().SequenceEqual(target) ? node.Name![..^_suffix.Length] : null;
        return new PortRecord(service, glue, number, tells ? Join(node.Texts) : [], tells ? node.Texts.Length : 0, owner);
    }

    private static byte[] Join(byte[][] texts)
    {
        var bytes = new List<byte>();
        Span<byte> head = stackalloc byte[10];
        foreach (byte[] text in texts)
        {
            head.Clear();
            BinaryPrimitives.WriteUInt16BigEndian(head, DnsType.TXT);
            BinaryPrimitives.WriteUInt16BigEndian(head[2..], DnsClass.IN);
            BinaryPrimitives.WriteUInt16BigEndian(head[8..], (ushort)text.Length);
            bytes.AddRange(head);
            bytes.AddRange(text);
        }

        return [.. bytes];
    }
}
