using Discovery.Catalog;

namespace Discovery.Agent;

/// <summary>What the catalog shows of one node.</summary>
internal sealed class NodeRows
{
    public CatalogNode? Node { get; init; }

    public Dictionary<string, CatalogService> Services { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, CatalogCheck> Checks { get; } = new(StringComparer.Ordinal);

    public static NodeRows Read(StateSnapshot snapshot, CatalogTables tables, byte[] nodeKey)
    {
        var rows = new NodeRows { Node = snapshot.Get(tables.Nodes, nodeKey) };
        foreach (CatalogService service in snapshot.Scan(tables.Services, nodeKey))
        {
            rows.Services.Add(service.Id, service);
        }

        foreach (CatalogCheck check in snapshot.Scan(tables.Checks, nodeKey))
        {
            rows.Checks.Add(check.CheckId, check);
        }

        return rows;
    }

    /// <summary>Reads the node's row and the rows of the given ids only.</summary>
    public static NodeRows Read(
        StateSnapshot snapshot, CatalogTables tables, string node, IEnumerable<string> serviceIds, IEnumerable<string> checkIds)
    {
        var rows = new NodeRows { Node = snapshot.Get(tables.Nodes, CatalogKeys.Folded(node)) };
        rows.AddServices(snapshot, tables, node, serviceIds);
        foreach (string id in checkIds)
        {
            // What is no valid id may have the key of another one.
            if (snapshot.Get(tables.Checks, CatalogKeys.OnNode(node, id)) is { } check && check.CheckId == id)
            {
                rows.Checks[id] = check;
            }
        }

        return rows;
    }

    public void AddServices(StateSnapshot snapshot, CatalogTables tables, string node, IEnumerable<string> serviceIds)
    {
        foreach (string id in serviceIds)
        {
            if (snapshot.Get(tables.Services, CatalogKeys.OnNode(node, id)) is { } service && service.Id == id)
            {
                Services[id] = service;
            }
        }
    }
}
