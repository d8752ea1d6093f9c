using System.Net;

namespace Discovery.Answering;

/// <summary>Finds what is told of services, nodes and addresses in the catalog of this node.</summary>
internal sealed class CatalogRecords(IServiceCatalog catalog, RecordMaker maker)
{
    private readonly Func<ServiceView, ServiceRecords> _make = view => new ServiceRecords(view, maker);

    public RecordMaker Maker => maker;

    /// <summary>The records of a service; null for one without instances.</summary>
    public ServiceRecords? FindService(ReadOnlySpan<char> name)
    {
        ServiceView view = catalog.Find(name);
        return view.All.Count == 0 ? null : view.Render(maker.Rendering, _make);
    }

    /// <summary>The records of a node.</summary>
    public NodeRecords? FindNode(ReadOnlySpan<char> name) => catalog.FindNode(name) is { } node ? maker.Of(node) : null;

    /// <summary>The records of a node.</summary>
    public NodeRecords? FindNode(Guid id) => catalog.FindNode(id) is { } node ? maker.Of(node) : null;

    /// <summary>Whose address it is.</summary>
    public AddressOwner? FindAddress(IPAddress address) => catalog.FindAddress(address);
}
