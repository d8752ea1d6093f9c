using Discovery.Coordinates;

namespace Discovery.Catalog;

/// <summary>The queries for what is on one node, and for checks.</summary>
internal sealed class NodeDetailQueries(CatalogReader reader, StateQueries queries, CallScope scope, CoordinateModule coordinates)
{
    private static readonly RowListComparer<CatalogService> SameServices = new(CatalogRows.AreSame);
    private static readonly RowListComparer<CatalogCheck> SameChecks = new(CatalogRows.AreSame);

    private static readonly IEqualityComparer<NodeDetails?> SameDetails = EqualityComparer<NodeDetails?>.Create(
        static (a, b) => a is null || b is null
            ? ReferenceEquals(a, b)
            : CatalogRows.AreSame(a.Node, b.Node) && SameServices.Equals(a.Services, b.Services) && SameChecks.Equals(a.Checks, b.Checks),
        static one => one?.Services.Count ?? 0);

    private static readonly RowListComparer<CheckDetails> SameCheckDetails = new(static (a, b) =>
        CatalogRows.AreSame(a.Check, b.Check)
        && (ReferenceEquals(a.ServiceTags, b.ServiceTags) || a.ServiceTags.SequenceEqual(b.ServiceTags)));

    private static readonly Comparer<CheckDetails> ByKey = Comparer<CheckDetails>.Create(static (a, b) =>
        new RowKey(a.Check.Node, a.Check.CheckId).CompareTo(new RowKey(b.Check.Node, b.Check.CheckId)));

    private CatalogTables Tables => reader.Tables;

    public ValueTask<QueryReply<NodeDetails?>> QueryNodeAsync(
        NodeServicesQuery query, QueryOptions options, CancellationToken cancellationToken)
    {
        scope.Check(options.Context);
        RegistrationValidator.ThrowIfNoName(query.Node);
        BoundFilter<CatalogService>? filter = CatalogFilters.Bind(CatalogFilters.NodeService, query.Filter);
        return queries.QueryAsync(Read, SameDetails, options, cancellationToken);

        NodeDetails? Read(StateSnapshot snapshot, StateTopicSet topics)
        {
            if (NodeFinder.Find(reader, snapshot, topics, query.Node) is not { } node)
            {
                return null;
            }

            byte[] key = CatalogKeys.Folded(node.Name);
            var services = new List<CatalogService>();
            foreach (CatalogService service in snapshot.Scan(Tables.Services, key))
            {
                if (filter is null || filter.Matches(service))
                {
                    services.Add(service);
                }
            }

            return new NodeDetails(node, services, snapshot.Scan(Tables.Checks, key).ToList());
        }
    }

    public ValueTask<QueryReply<IReadOnlyList<CheckDetails>>> QueryChecksAsync(
        CheckQuery query, QueryOptions options, CancellationToken cancellationToken)
    {
        scope.Check(options.Context);
        foreach (string? name in (ReadOnlySpan<string?>)[query.Service, query.Node])
        {
            if (name is not null)
            {
                RegistrationValidator.ThrowIfNoName(name);
            }
        }

        BoundFilter<CheckDetails>? filter = CatalogFilters.Bind(CatalogFilters.TaggedCheck, query.Filter);
        return queries.QueryAsync(Read, SameCheckDetails, options, cancellationToken);

        IReadOnlyList<CheckDetails> Read(StateSnapshot snapshot, StateTopicSet topics)
        {
            var details = new List<CheckDetails>();
            var hasMeta = new Dictionary<string, bool>(StringComparer.Ordinal);
            foreach (CheckDetails one in ReadCandidates(snapshot, topics, query))
            {
                if ((query.Status is null || one.Check.Status == query.Status)
                    && (query.NodeMeta.Count == 0 || HasMeta(snapshot, one.Check.Node, query, hasMeta))
                    && (filter is null || filter.Matches(one)))
                {
                    details.Add(one);
                }
            }

            if (query.NodeMeta.Count > 0 && query.Service is null && query.Node is null)
            {
                topics.Add(StateTopic.ForTable(Tables.Nodes));
            }

            return NodeDistances.Sort(details, coordinates.Tables, snapshot, query.Near, static one => one.Check.Node);
        }
    }

    private bool HasMeta(StateSnapshot snapshot, string node, CheckQuery query, Dictionary<string, bool> known)
    {
        if (!known.TryGetValue(node, out bool has))
        {
            has = CatalogQueries.HasMeta(reader.ReadNode(snapshot, node), query.NodeMeta);
            known.Add(node, has);
        }

        return has;
    }

    private IEnumerable<CheckDetails> ReadCandidates(StateSnapshot snapshot, StateTopicSet topics, CheckQuery query)
    {
        if (query.Service is { } service)
        {
            topics.Add(reader.ServiceTopic(service));
            return OfService(snapshot, service, query.Node);
        }

        if (query.Node is { } name)
        {
            topics.Add(reader.NodeTopic(name));
            return OnNode(snapshot, CatalogKeys.Folded(name));
        }

        topics.Add(query.Status is { } status
            ? StateTopic.ForKey(Tables.ListTopics, CatalogTables.ChecksWith(status))
            : StateTopic.ForTable(Tables.Checks));
        topics.Add(StateTopic.ForKey(Tables.ListTopics, CatalogTables.CheckTags));
        return OnNode(snapshot, []);
    }

    // In order of nodes and ids of checks: where a node has several instances, their checks are put in order.
    private List<CheckDetails> OfService(StateSnapshot snapshot, string name, string? node)
    {
        byte[] prefix = node is null ? CatalogKeys.Folded(name) : [.. CatalogKeys.Folded(name), .. CatalogKeys.Folded(node)];
        var all = new List<CheckDetails>();
        string? current = null;
        (int start, int instances) = (0, 0);
        foreach (CatalogService service in snapshot.Scan(Tables.ServicesByName, prefix))
        {
            if (current is null || CatalogKeys.Fold(service.Node) != current)
            {
                Order();
                (current, start, instances) = (CatalogKeys.Fold(service.Node), all.Count, 0);
            }

            instances++;
            foreach (CatalogCheck check in reader.ReadChecks(snapshot, service.Node, service.Id))
            {
                all.Add(new CheckDetails(check, service.Tags));
            }
        }

        Order();
        return all;

        void Order()
        {
            if (instances > 1)
            {
                all.Sort(start, all.Count - start, ByKey);
            }
        }
    }

    private IEnumerable<CheckDetails> OnNode(StateSnapshot snapshot, byte[] prefix)
    {
        foreach (CatalogCheck check in snapshot.Scan(Tables.Checks, prefix))
        {
            CatalogService? service = check.ServiceId.Length == 0
                ? null
                : snapshot.Get(Tables.Services, CatalogKeys.OnNode(check.Node, check.ServiceId));
            yield return new CheckDetails(check, service?.Tags ?? []);
        }
    }
}
