namespace Discovery.Answering;

/// <summary>What is told of a selection of a service's instances.</summary>
internal sealed class RecordSet
{
    private readonly Lazy<AddressList> _v4;
    private readonly Lazy<AddressList> _v6;
    private readonly Lazy<PortList> _ports;

    public RecordSet(InstanceRecords[] instances, byte[] suffix)
    {
        Instances = instances;
        HasHosts = Array.Exists(instances, static one => one.V4.IsHost || one.V6.IsHost || one.Any.IsHost);
        _v4 = new Lazy<AddressList>(() => new AddressList(instances, AddressWanted.V4));
        _v6 = new Lazy<AddressList>(() => new AddressList(instances, AddressWanted.V6));
        _ports = new Lazy<PortList>(() => new PortList(instances, suffix));
    }

    /// <summary>The instances, in the catalog's order.</summary>
    public InstanceRecords[] Instances { get; }

    /// <summary>Whether any instance is at a host that is told by name.</summary>
    public bool HasHosts { get; }

    public AddressList V4 => _v4.Value;

    public AddressList V6 => _v6.Value;

    public PortList Ports => _ports.Value;
}
