using System.Runtime.CompilerServices;
using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>Turns rows of the catalog into what is told of them. Depends on nothing that changes while the server runs.</summary>
internal sealed class RecordMaker
{
    private static readonly byte[] s_nodeLabel = [4, .. "node"u8];
    private static readonly byte[] s_addressLabel = [4, .. "addr"u8];

    private readonly ConditionalWeakTable<CatalogNode, NodeRecords> _nodes = [];
    private readonly ConditionalWeakTable<CatalogNode, NodeRecords>.CreateValueCallback _make;
    private readonly byte[] _nodeSuffix;
    private readonly byte[] _addressSuffix;

    public RecordMaker(DnsSettings settings)
    {
        HasQuirks = settings.HasQuirks;
        Suffix = [(byte)settings.Datacenter.Length, .. System.Text.Encoding.ASCII.GetBytes(settings.Datacenter), .. settings.Domain];
        _nodeSuffix = [.. s_nodeLabel, .. Suffix];
        _addressSuffix = [.. s_addressLabel, .. Suffix];
        Rendering = new Rendering<ServiceRecords>("dns", static records => records.EstimatedBytes);
        _make = Make;
    }

    public bool HasQuirks { get; }

    /// <summary>Datacenter and domain: how the names of all targets end.</summary>
    public byte[] Suffix { get; }

    public Rendering<ServiceRecords> Rendering { get; }

    /// <summary>What is told of a node; made once for each version of its row.</summary>
    public NodeRecords Of(CatalogNode node) => _nodes.GetValue(node, _make);

    public InstanceRecords Of(ServiceInstance instance)
    {
        NodeRecords node = Of(instance.Node);
        RecordAddress any = Choose(instance.Service, node, AddressWanted.Any, out bool isNodes);
        return new InstanceRecords
        {
            Instance = instance,
            Node = node,
            V4 = Choose(instance.Service, node, AddressWanted.V4, out _),
            V6 = Choose(instance.Service, node, AddressWanted.V6, out _),
            Any = any,
            Target = TargetOf(node, any, isNodes),
        };
    }

    /// <summary>The name that stands for an address: its digits in hexadecimal.</summary>
    public byte[] AddressName(ReadOnlySpan<byte> address)
    {
        byte[] name = new byte[1 + (2 * address.Length) + _addressSuffix.Length];
        name[0] = (byte)(2 * address.Length);
        Convert.TryToHexStringLower(address, name.AsSpan(1), out int written);
        _addressSuffix.CopyTo(name.AsSpan(1 + written));
        return name;
    }

    private NodeRecords Make(CatalogNode node)
    {
        RecordAddress plain = RecordAddress.Parse(node.Address);
        var texts = new List<byte[]>(node.Meta.Count);
        foreach ((string key, string value) in node.Meta)
        {
            texts.Add(MetaText.Encode(key, value));
        }

        return new NodeRecords(
            node,
            ChooseOfNode(node, plain, AddressWanted.V4),
            ChooseOfNode(node, plain, AddressWanted.V6),
            ChooseOfNode(node, plain, AddressWanted.Any),
            plain,
            NameOf(node),
            [.. texts]);
    }

    private byte[]? NameOf(CatalogNode node)
    {
        byte[]? name = DnsName.TryEncode(node.Name);
        return name is null || name.Length - 1 + _nodeSuffix.Length > DnsQuery.NameBytesMax ? null : [.. name[..^1], .. _nodeSuffix];
    }

    private static RecordAddress ChooseOfNode(CatalogNode node, RecordAddress plain, AddressWanted wanted)
    {
        RecordAddress chosen = default;
        foreach (string tag in Tags(wanted))
        {
            if (chosen.IsNone && node.TaggedAddresses.TryGetValue(tag, out string? text))
            {
                chosen = RecordAddress.Parse(text);
            }
        }

        return !chosen.IsNone ? chosen : plain.Fits(wanted) ? plain : default;
    }

    private static RecordAddress Choose(CatalogService service, NodeRecords node, AddressWanted wanted, out bool isNodes)
    {
        RecordAddress chosen = default;
        foreach (string tag in Tags(wanted))
        {
            foreach ((string own, ServiceAddress address) in service.TaggedAddresses)
            {
                chosen = chosen.IsNone && own == tag ? RecordAddress.Parse(address.Address) : chosen;
            }
        }

        if (chosen.IsNone)
        {
            RecordAddress plain = RecordAddress.Parse(service.Address);
            chosen = plain.Fits(wanted) ? plain : default;
        }

        isNodes = chosen.IsNone && service.Address.Length == 0;
        return isNodes ? node.For(wanted) : chosen;
    }

    private static ReadOnlySpan<string> Tags(AddressWanted wanted) => wanted switch
    {
        AddressWanted.V4 => s_tagsV4,
        AddressWanted.V6 => s_tagsV6,
        _ => s_tagsAny,
    };

    private static readonly string[] s_tagsV4 = ["lan_ipv4"];
    private static readonly string[] s_tagsV6 = ["lan_ipv6"];
    private static readonly string[] s_tagsAny = ["lan_ipv6", "lan_ipv4"];

    // The node's name stands for the node's own address only; every other address is told by a name of its own.
    private byte[]? TargetOf(NodeRecords node, RecordAddress any, bool isNodes)
    {
        if (!any.IsAddress)
        {
            return any.Bytes;
        }

        return isNodes && any.Equals(node.Plain) && node.Name is not null ? node.Name : AddressName(any.Bytes);
    }
}
