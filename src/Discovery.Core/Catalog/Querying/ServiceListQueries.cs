namespace Discovery.Catalog;

/// <summary>The query for the list of services.</summary>
internal sealed class ServiceListQueries(CatalogReader reader, StateQueries queries, CallScope scope)
{
    private static readonly RowListComparer<ServiceSummary> Same = new(static (a, b) =>
        AreSameButForCounts(a, b) && a.InstanceCount == b.InstanceCount);

    private static readonly RowListComparer<ServiceSummary> SameButForCounts = new(AreSameButForCounts);

    private readonly StateTopic _topic = StateTopic.ForKey(reader.Tables.ListTopics, CatalogTables.ServiceList);
    private KnownList? _known;

    public ValueTask<QueryReply<IReadOnlyList<ServiceSummary>>> QueryAsync(
        ServicesQuery query, QueryOptions options, CancellationToken cancellationToken)
    {
        scope.Check(options.Context);
        BoundFilter<ServiceSummary>? filter = CatalogFilters.Bind(CatalogFilters.Summary, query.Filter);
        return queries.QueryAsync(Read, query.IgnoreCounts ? SameButForCounts : Same, options, cancellationToken);

        IReadOnlyList<ServiceSummary> Read(StateSnapshot snapshot, StateTopicSet topics)
        {
            topics.Add(_topic);
            IReadOnlyList<ServiceSummary> summaries;
            if (query.NodeMeta.Count == 0)
            {
                summaries = ReadAll(snapshot);
            }
            else
            {
                topics.Add(StateTopic.ForTable(reader.Tables.Nodes));
                summaries = Summarize(snapshot, query.NodeMeta);
            }

            return filter is null ? summaries : [.. summaries.Where(filter.Matches)];
        }
    }

    private static bool AreSameButForCounts(ServiceSummary a, ServiceSummary b) =>
        ReferenceEquals(a, b) || (a.Name == b.Name && a.Tags.SequenceEqual(b.Tags));

    // One list for all who ask before it changes: they may know it by its reference.
    private IReadOnlyList<ServiceSummary> ReadAll(StateSnapshot snapshot)
    {
        ulong changedAt = snapshot.IndexOf(_topic);
        KnownList? known = Volatile.Read(ref _known);
        if (known is not null && known.ChangedAt == changedAt && known.Lineage == snapshot.Lineage)
        {
            return known.Summaries;
        }

        var made = new KnownList(snapshot.Lineage, changedAt, Summarize(snapshot, []));
        KnownList? now = Interlocked.CompareExchange(ref _known, made, known);
        return now is not null && now.ChangedAt == changedAt && now.Lineage == snapshot.Lineage ? now.Summaries : made.Summaries;
    }

    private List<ServiceSummary> Summarize(StateSnapshot snapshot, IReadOnlyList<KeyValuePair<string, string>> nodeMeta)
    {
        var summaries = new List<ServiceSummary>();
        var tags = new SortedSet<string>(StringComparer.Ordinal);
        var hasMeta = new Dictionary<string, bool>(StringComparer.Ordinal);
        string? name = null;
        int count = 0;
        foreach (CatalogService service in snapshot.Scan(reader.Tables.ServicesByName))
        {
            if (nodeMeta.Count > 0 && !HasMeta(service.Node))
            {
                continue;
            }

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

        bool HasMeta(string node)
        {
            if (!hasMeta.TryGetValue(node, out bool has))
            {
                has = CatalogQueries.HasMeta(reader.ReadNode(snapshot, node), nodeMeta);
                hasMeta.Add(node, has);
            }

            return has;
        }
    }

    private sealed record KnownList(Guid Lineage, ulong ChangedAt, List<ServiceSummary> Summaries);
}
