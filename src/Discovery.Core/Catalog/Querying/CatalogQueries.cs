using Discovery.Coordinates;

namespace Discovery.Catalog;

/// <summary>The queries for instances and for nodes: what each reads, its topics, and when two replies look the same.</summary>
/// <remarks>
/// What is nearest comes first by the coordinates of the moment; that coordinates move releases nobody (Consul's rule), so they are no
/// topic of these queries.
/// </remarks>
internal sealed class CatalogQueries(
    CatalogReader reader, CatalogViews views, StateQueries queries, CallScope scope, CoordinateModule coordinates)
{
    private static readonly RowListComparer<CatalogNode> SameNodes = new(CatalogRows.AreSame);

    private static readonly IEqualityComparer<ServiceSelection> SameSelection = EqualityComparer<ServiceSelection>.Create(
        static (a, b) => InstanceListComparer.Instance.Equals(a?.Instances, b?.Instances), static one => one.Instances.Count);

    public async ValueTask<QueryReply<IReadOnlyList<ServiceInstance>>> QueryAsync(
        ServiceQuery query, QueryOptions options, CancellationToken cancellationToken)
    {
        QueryReply<ServiceSelection> reply = await QueryViewAsync(query, options, cancellationToken);
        return new QueryReply<IReadOnlyList<ServiceInstance>>(
            reply.Body.Instances, reply.Index, reply.Consistency, reply.LastContact, reply.IsLeaderKnown);
    }

    public ValueTask<QueryReply<ServiceSelection>> QueryViewAsync(
        ServiceQuery query, QueryOptions options, CancellationToken cancellationToken)
    {
        scope.Check(options.Context);
        RegistrationValidator.ThrowIfNoName(query.Service);
        StateTopic topic = reader.ServiceTopic(query.Service);
        BoundFilter<ServiceInstance>? filter = CatalogFilters.Bind(query);
        return queries.QueryAsync(Read, SameSelection, options, cancellationToken);

        ServiceSelection Read(StateSnapshot snapshot, StateTopicSet topics)
        {
            topics.Add(topic);
            ServiceView view = ReadView(snapshot, topic, query.Service);
            IReadOnlyList<ServiceInstance> selected = Select(view, query, filter);
            return new ServiceSelection(
                view, NodeDistances.Sort(selected, coordinates.Tables, snapshot, query.Near, static one => one.Node.Name));
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

            return NodeDistances.Sort(nodes, coordinates.Tables, snapshot, query.Near, static node => node.Name);
        }
    }

    public static bool Matches(ServiceInstance instance, ServiceQuery query, BoundFilter<ServiceInstance>? filter) =>
        query.Health switch
        {
            HealthFilter.Passing => instance.IsPassing,
            HealthFilter.Available => instance.IsAvailable,
            _ => true,
        }
        && MatchesRest(instance, query, filter);

    public static bool HasMeta(CatalogNode node, IReadOnlyList<KeyValuePair<string, string>> wanted)
    {
        for (int i = 0; i < wanted.Count; i++)
        {
            if (!node.Meta.TryGetValue(wanted[i].Key, out string? actual) || actual != wanted[i].Value)
            {
                return false;
            }
        }

        return true;
    }

    private static bool MatchesRest(ServiceInstance instance, ServiceQuery query, BoundFilter<ServiceInstance>? filter)
    {
        for (int i = 0; i < query.Tags.Count; i++)
        {
            if (!ServiceView.HasTag(instance, query.Tags[i]))
            {
                return false;
            }
        }

        return HasMeta(instance.Node, query.NodeMeta) && (filter is null || filter.Matches(instance));
    }

    private static IReadOnlyList<ServiceInstance> Select(
        ServiceView view, ServiceQuery query, BoundFilter<ServiceInstance>? filter)
    {
        IReadOnlyList<ServiceInstance> healthy = query.Health switch
        {
            HealthFilter.Passing => view.Passing,
            HealthFilter.Available => view.Available,
            _ => view.All,
        };
        return query.Tags.Count == 0 && query.NodeMeta.Count == 0 && filter is null
            ? healthy
            : [.. healthy.Where(instance => MatchesRest(instance, query, filter))];
    }

    // The shared view serves, unless the service has changed between the snapshot and the view.
    private ServiceView ReadView(StateSnapshot snapshot, in StateTopic topic, string service)
    {
        ServiceView view = views.Find(service);
        ulong changedAt = snapshot.IndexOf(topic);
        if (view.Position.Lineage == snapshot.Lineage && view.ChangedAt == changedAt)
        {
            return view;
        }

        ServiceInstance[] instances = reader.ReadInstances(snapshot, CatalogKeys.Folded(service));
        return instances.Length == 0
            ? ServiceView.Empty
            : new ServiceView(instances[0].Name, snapshot.Position, changedAt, instances, new PickSource(changedAt), reader.Budget);
    }
}
