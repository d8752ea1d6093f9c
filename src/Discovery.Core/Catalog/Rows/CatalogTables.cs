namespace Discovery.Catalog;

/// <summary>The catalog's tables, indexes and topics.</summary>
internal sealed class CatalogTables
{
    public const int DeparturesMax = 1024;

    /// <summary>The list topic of the services: their names and tags, and how many instances they have.</summary>
    public static readonly byte[] ServiceList = "services"u8.ToArray();

    /// <summary>The list topic of the tags of instances, as lists of checks show them.</summary>
    public static readonly byte[] CheckTags = "check-tags"u8.ToArray();

    private static readonly byte[][] ChecksByStatus = ["passing"u8.ToArray(), "warning"u8.ToArray(), "critical"u8.ToArray()];

    public CatalogTables(StateModuleBuilder builder)
    {
        Nodes = builder.AddTable<CatalogNode>("nodes", CatalogKeys.Node, CatalogNodeCodec.Instance);
        NodesById = Nodes.AddIndex("id", CatalogKeys.NodeById);
        Services = builder.AddTable<CatalogService>("services", CatalogKeys.Service, CatalogServiceCodec.Instance);
        ServicesByName = Services.AddIndex("name", CatalogKeys.ServiceByName);
        Checks = builder.AddTable<CatalogCheck>("checks", CatalogKeys.Check, CatalogCheckCodec.Instance);
        InstanceChecks = new InstanceChecks(Checks);
        Departures = builder.AddTable<CatalogDeparture>("departures", CatalogKeys.Departure, CatalogDepartureCodec.Instance);
        DeparturesByService = Departures.AddIndex("service", CatalogKeys.DepartureByService);
        ServiceTopics = builder.AddTopicSpace("service", (transaction, key) => transaction.Any(ServicesByName, key));
        NodeTopics = builder.AddTopicSpace("node", (transaction, key) => transaction.Get(Nodes, key) is not null);
        ListTopics = builder.AddTopicSpace("list");
        Nodes.DeriveTopics(DeriveFromNode);
        Services.DeriveTopics(DeriveFromService);
        Checks.DeriveTopics(DeriveFromCheck);
    }

    public StateTable<CatalogNode> Nodes { get; }

    public StateIndex<CatalogNode> NodesById { get; }

    public StateTable<CatalogService> Services { get; }

    public StateIndex<CatalogService> ServicesByName { get; }

    public StateTable<CatalogCheck> Checks { get; }

    public InstanceChecks InstanceChecks { get; }

    public StateTable<CatalogDeparture> Departures { get; }

    public StateIndex<CatalogDeparture> DeparturesByService { get; }

    /// <summary>One topic per service: its instances, their checks, their nodes and those nodes' own checks.</summary>
    public StateTopicSpace ServiceTopics { get; }

    /// <summary>One topic per node: the node, its services and its checks.</summary>
    public StateTopicSpace NodeTopics { get; }

    /// <summary>A fixed handful of topics for lists that would else depend on every change of a table.</summary>
    public StateTopicSpace ListTopics { get; }

    /// <summary>The list topic of the checks with a status.</summary>
    public static byte[] ChecksWith(CheckStatus status) => ChecksByStatus[(int)status];

    private void DeriveFromNode(StateTransaction transaction, StateRowChange<CatalogNode> change, ref StateTopicSink topics)
    {
        TouchNode(change.Row.Name, ref topics);
        if (change.Old is not null)
        {
            TouchServicesOn(transaction, change.Row.Name, ref topics);
        }
    }

    private void DeriveFromService(StateTransaction transaction, StateRowChange<CatalogService> change, ref StateTopicSink topics)
    {
        TouchNode(change.Row.Node, ref topics);
        TouchService(change.Row.Name, ref topics);
        if (change is { Old: { } old, New: { } now } && old.Name != now.Name)
        {
            TouchService(old.Name, ref topics);
        }

        bool hasOtherTags = change is { Old: { } before, New: { } after } && !CatalogRows.AreSame(before.Tags, after.Tags);
        if (hasOtherTags || change.Old?.Name != change.New?.Name)
        {
            topics.Touch(ListTopics, ServiceList);
        }

        if (hasOtherTags)
        {
            topics.Touch(ListTopics, CheckTags);
        }
    }

    private void DeriveFromCheck(StateTransaction transaction, StateRowChange<CatalogCheck> change, ref StateTopicSink topics)
    {
        TouchNode(change.Row.Node, ref topics);
        foreach (CatalogCheck? check in (ReadOnlySpan<CatalogCheck?>)[change.Old, change.New])
        {
            if (check is not null)
            {
                topics.Touch(ListTopics, ChecksWith(check.Status));
            }

            if (check is { ServiceName.Length: > 0 })
            {
                TouchService(check.ServiceName, ref topics);
            }
            else if (check is not null)
            {
                TouchServicesOn(transaction, check.Node, ref topics);
            }
        }
    }

    private void TouchServicesOn(StateTransaction transaction, string node, ref StateTopicSink topics)
    {
        foreach (CatalogService service in transaction.Scan(Services, CatalogKeys.Folded(node)))
        {
            TouchService(service.Name, ref topics);
        }
    }

    private void TouchNode(string node, ref StateTopicSink topics)
    {
        var key = new StateKeyBuilder(stackalloc byte[CatalogKeys.StackBytes]);
        key.AppendFolded(node);
        topics.Touch(NodeTopics, key.Bytes);
        key.Dispose();
    }

    private void TouchService(string service, ref StateTopicSink topics)
    {
        var key = new StateKeyBuilder(stackalloc byte[CatalogKeys.StackBytes]);
        key.AppendFolded(service);
        topics.Touch(ServiceTopics, key.Bytes);
        key.Dispose();
    }
}
