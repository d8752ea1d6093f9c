using Discovery.Coordinates;

namespace Discovery.Catalog;

/// <summary>The queries for what is on one node, and for checks.</summary>
internal sealed class NodeDetailQueries(CatalogReader reader, StateQueries queries, CatalogScope scope, CoordinateModule coordinates)
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

        BoundFilter<CatalogCheck>? filter = CatalogFilters.Bind(CatalogFilters.Check, query.Filter);
        return queries.QueryAsync(Read, SameCheckDetails, options, cancellationToken);

        IReadOnlyList<CheckDetails> Read(StateSnapshot snapshot, StateTopicSet topics)
        {
            var details = new List<CheckDetails>();
            var hasMeta = new Dictionary<string, bool>(StringComparer.Ordinal);
            foreach (CheckDetails one in ReadCandidates(snapshot, topics, query))
            {
                if ((query.Status is null || one.Check.Status == query.Status)
                    && (query.NodeMeta.Count == 0 || HasMeta(snapshot, one.Check.Node, query, hasMeta))
                    && (filter is null || filter.Matches(one.Check)))
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
            CatalogNode? node = query.Node is null ? null : NodeFinder.Find(reader, snapshot, topics, query.Node);
            return query.Node is not null && node is null ? [] : OfService(snapshot, service, node);
        }

        if (query.Node is { } name)
        {
            return NodeFinder.Find(reader, snapshot, topics, name) is { } node ? OnNode(snapshot, CatalogKeys.Folded(node.Name)) : [];
        }

        topics.Add(query.Status is { } status
            ? StateTopic.ForKey(Tables.ListTopics, CatalogTables.ChecksWith(status))
            : StateTopic.ForTable(Tables.Checks));
        topics.Add(StateTopic.ForKey(Tables.ListTopics, CatalogTables.CheckTags));
        return OnNode(snapshot, []);
    }

    private IEnumerable<CheckDetails> OfService(StateSnapshot snapshot, string name, CatalogNode? node)
    {
        byte[] prefix = node is null ? CatalogKeys.Folded(name) : [.. CatalogKeys.Folded(name), .. CatalogKeys.Folded(node.Name)];
        foreach (CatalogService service in snapshot.Scan(Tables.ServicesByName, prefix))
        {
            foreach (CatalogCheck check in reader.ReadChecks(snapshot, service.Node, service.Id))
            {
                yield return new CheckDetails(check, service.Tags);
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
