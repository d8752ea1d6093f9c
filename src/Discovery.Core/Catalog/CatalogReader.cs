namespace Discovery.Catalog;

/// <summary>Joins the catalog's rows into instances. Pure: a snapshot in, instances out.</summary>
internal sealed class CatalogReader(CatalogTables tables, RenderingBudget budget)
{
    /// <summary>What the renderings of everything read here count against.</summary>
    public RenderingBudget Budget { get; } = budget;

    public CatalogTables Tables { get; } = tables;

    public ServiceInstance[] ReadInstances(StateSnapshot snapshot, byte[] serviceKey)
    {
        var instances = new ServiceInstance[snapshot.Count(Tables.ServicesByName, serviceKey)];
        int count = 0;
        CatalogNode? node = null;
        CatalogCheck[] nodeChecks = [];
        foreach (CatalogService service in snapshot.Scan(Tables.ServicesByName, serviceKey))
        {
            if (node is null || !string.Equals(node.Name, service.Node, StringComparison.Ordinal))
            {
                node = ReadNode(snapshot, service.Node);
                nodeChecks = ReadChecks(snapshot, service.Node, "");
            }

            instances[count++] = Join(node, service, nodeChecks, ReadChecks(snapshot, service.Node, service.Id));
        }

        Invariant.Check(count == instances.Length, "an index counts other rows than it holds");
        return instances;
    }

    public ServiceInstance? ReadInstance(StateSnapshot snapshot, string node, string serviceId)
    {
        CatalogService? service = snapshot.Get(Tables.Services, CatalogKeys.OnNode(node, serviceId));
        return service is null
            ? null
            : Join(ReadNode(snapshot, node), service, ReadChecks(snapshot, node, ""), ReadChecks(snapshot, node, serviceId));
    }

    public ServiceInstance Join(CatalogNode node, CatalogService service, CatalogCheck[] nodeChecks, CatalogCheck[] ownChecks)
    {
        CatalogCheck[] checks = nodeChecks.Length == 0 ? ownChecks : ownChecks.Length == 0 ? nodeChecks : [.. nodeChecks, .. ownChecks];
        return new ServiceInstance(node, service, checks, Budget);
    }

    public CatalogNode ReadNode(StateSnapshot snapshot, string name)
    {
        CatalogNode? node = snapshot.Get(Tables.Nodes, CatalogKeys.Folded(name));
        Invariant.Check(node is not null, $"a service is on node \"{name}\", which is not in the catalog");
        return node;
    }

    public CatalogCheck[] ReadChecks(StateSnapshot snapshot, string node, string serviceId) =>
        Tables.InstanceChecks.Read(snapshot, node, serviceId);

    public StateTopic NodeTopic(string node) => StateTopic.ForKey(Tables.NodeTopics, CatalogKeys.Folded(node));

    public StateTopic ServiceTopic(string service) => StateTopic.ForKey(Tables.ServiceTopics, CatalogKeys.Folded(service));
}
