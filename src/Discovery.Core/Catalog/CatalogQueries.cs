namespace Discovery.Catalog;

/// <summary>The catalog's queries: what each reads, which topics it depends on, and when two replies look the same.</summary>
internal sealed class CatalogQueries(CatalogReader reader, CatalogViews views, StateQueries queries, CatalogScope scope)
{
    private static readonly RowListComparer<CatalogNode> SameNodes = new(CatalogRows.AreSame);

    private static readonly RowListComparer<ServiceSummary> SameSummaries = new(static (a, b) =>
        a.Name == b.Name && a.InstanceCount == b.InstanceCount && a.Tags.SequenceEqual(b.Tags));

    public ValueTask<QueryReply<IReadOnlyList<ServiceInstance>>> QueryAsync(
        ServiceQuery query, QueryOptions options, CancellationToken cancellationToken)
    {
        scope.Check(options.Context);
        RegistrationValidator.ThrowIfNoName(query.Service);
        StateTopic topic = reader.ServiceTopic(query.Service);
        BoundFilter<ServiceInstance>? filter = CatalogFilters.Bind(CatalogFilters.Instance, query.Filter);
        return queries.QueryAsync(Read, InstanceListComparer.Instance, options, cancellationToken);

        IReadOnlyList<ServiceInstance> Read(StateSnapshot snapshot, StateTopicSet topics)
        {
            topics.Add(topic);
            return Select(ReadAll(snapshot, topic, query.Service), query, filter);
        }
    }

    public ValueTask<QueryReply<IReadOnlyList<CatalogNode>>> QueryNodesAsync(
        NodeQuery query, QueryOptions options, CancellationToken cancellationToken)
    {
        scope.Check(options.Context);
        StateTopic topic = StateTopic.ForTable(reader.Tables.Nodes);
        BoundFilter<CatalogNode>? filter = CatalogFilters.Bind(CatalogFilters.Node, query.Filter);
        return queries.QueryAsync(Read, SameNodes, options, cancellationToken);

        IReadOnlyList<CatalogNode> Read(StateSnapshot snapshot, StateTopicSet topics)
        {
            topics.Add(topic);
            var nodes = new List<CatalogNode>();
            foreach (CatalogNode node in snapshot.Scan(reader.Tables.Nodes))
            {
                if (HasMeta(node, query.NodeMeta) && (filter is null || filter.Matches(node)))
                {
                    nodes.Add(node);
                }
            }

            return nodes;
        }
    }

    public ValueTask<QueryReply<IReadOnlyList<ServiceSummary>>> QueryServicesAsync(
        QueryOptions options, CancellationToken cancellationToken)
    {
        scope.Check(options.Context);
        StateTopic topic = StateTopic.ForTable(reader.Tables.Services);
        return queries.QueryAsync(Read, SameSummaries, options, cancellationToken);

        IReadOnlyList<ServiceSummary> Read(StateSnapshot snapshot, StateTopicSet topics)
        {
            topics.Add(topic);
            return ReadSummaries(snapshot);
        }
    }

    public static bool Matches(ServiceInstance instance, ServiceQuery query, BoundFilter<ServiceInstance>? filter) =>
        query.Health switch
        {
            HealthFilter.Passing => instance.IsPassing,
            HealthFilter.Available => instance.IsAvailable,
            _ => true,
        }
        && query.Tags.All(tag => ServiceView.HasTag(instance, tag))
        && HasMeta(instance.Node, query.NodeMeta)
        && (filter is null || filter.Matches(instance));

    public static bool HasMeta(CatalogNode node, IReadOnlyList<KeyValuePair<string, string>> wanted)
    {
        foreach ((string key, string value) in wanted)
        {
            if (!node.Meta.TryGetValue(key, out string? actual) || actual != value)
            {
                return false;
            }
        }

        return true;
    }

    private static IReadOnlyList<ServiceInstance> Select(
        IReadOnlyList<ServiceInstance> all, ServiceQuery query, BoundFilter<ServiceInstance>? filter)
    {
        bool takesAll = query.Health == HealthFilter.Any && query.Tags.Count == 0 && query.NodeMeta.Count == 0 && filter is null;
        return takesAll ? all : [.. all.Where(instance => Matches(instance, query, filter))];
    }

    // The shared view serves, unless the service has changed between the snapshot and the view.
    private IReadOnlyList<ServiceInstance> ReadAll(StateSnapshot snapshot, in StateTopic topic, string service)
    {
        ServiceView view = views.Find(service);
        bool isOfSnapshot = view.Position.Lineage == snapshot.Lineage && view.ChangedAt == snapshot.IndexOf(topic);
        return isOfSnapshot ? view.All : reader.ReadInstances(snapshot, CatalogKeys.Folded(service));
    }

    private List<ServiceSummary> ReadSummaries(StateSnapshot snapshot)
    {
        var summaries = new List<ServiceSummary>();
        var tags = new SortedSet<string>(StringComparer.Ordinal);
        string? name = null;
        int count = 0;
        foreach (CatalogService service in snapshot.Scan(reader.Tables.ServicesByName))
        {
            if (name is not null && !string.Equals(name, service.Name, StringComparison.OrdinalIgnoreCase))
            {
                summaries.Add(new ServiceSummary(name, [.. tags], count));
                tags.Clear();
                (name, count) = (null, 0);
            }

            name ??= service.Name;
            count++;
            tags.UnionWith(service.Tags);
        }

        if (name is not null)
        {
            summaries.Add(new ServiceSummary(name, [.. tags], count));
        }

        return summaries;
    }
}
