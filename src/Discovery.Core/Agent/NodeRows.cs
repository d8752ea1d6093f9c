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
}
