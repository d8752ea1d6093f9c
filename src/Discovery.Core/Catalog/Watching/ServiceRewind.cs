using Discovery.State.Watching;

namespace Discovery.Catalog;

/// <summary>
/// What a service looked like some change sets ago: a snapshot with the changes undone one by one. So a watcher keeps nothing but its
/// position, and still gets the old and the new instance of every change.
/// </summary>
internal sealed class ServiceRewind
{
    private readonly CatalogReader _reader;
    private readonly StateSnapshot _snapshot;
    private readonly string _service;
    private readonly byte[] _serviceKey;
    private readonly Dictionary<string, NodePast> _nodes = new(StringComparer.Ordinal);

    private ServiceRewind(CatalogReader reader, StateSnapshot snapshot, string service)
    {
        _reader = reader;
        _snapshot = snapshot;
        _service = CatalogKeys.Fold(service);
        _serviceKey = CatalogKeys.Folded(service);
    }

    /// <summary>
    /// The effect of each command after a position on a service, in order; commands that do not change its looks are left out.
    /// </summary>
    /// <returns>False when the changes are no longer known.</returns>
    public static bool TryRead(
        CatalogReader reader, StateMachine state, string service, StatePosition after, StateSnapshot upTo, List<ServiceStep> steps)
    {
        var sets = new List<StateChangeSet>();
        if (after.Index > upTo.Index || !StateFeed.TryRead(state, reader.ServiceTopic(service), after, upTo, sets))
        {
            return false;
        }

        var rewind = new ServiceRewind(reader, upTo, service);
        if (!rewind.TryAddNodeSets(state, sets))
        {
            return false;
        }

        for (int i = sets.Count - 1; i >= 0; i--)
        {
            List<ServiceDelta> deltas = rewind.Undo(sets[i]);
            if (deltas.Count > 0)
            {
                steps.Add(new ServiceStep(sets[i].Index, deltas));
            }
        }

        steps.Reverse();
        return true;
    }

    /// <summary>The net effect of several steps: the first old and the last new look of each instance.</summary>
    public static List<ServiceDelta> Merge(List<ServiceStep> steps)
    {
        var net = new SortedDictionary<RowKey, ServiceDelta>();
        foreach (ServiceDelta delta in steps.SelectMany(static step => step.Deltas))
        {
            var key = new RowKey(delta.Instance.Node.Name, delta.Instance.Id);
            net[key] = net.TryGetValue(key, out ServiceDelta? earlier) ? new ServiceDelta(earlier.Old, delta.New) : delta;
        }

        return [.. net.Values.Where(static delta => !LooksSame(delta.Old, delta.New))];
    }

    private static bool LooksSame(ServiceInstance? old, ServiceInstance? now) => old is null ? now is null : old.IsSameAs(now);

    // While a service has no instance on a node, changes of that node are none of its topic. An instance that left and whose old look is
    // wanted therefore needs the node's own changes since: 1. the instance leaves, 2. a check of the node turns critical, which touches
    // the service no more, 3. the instance comes back. Undoing 3 and 1 only would show the instance before 1 as critical.
    private bool TryAddNodeSets(StateMachine state, List<StateChangeSet> sets)
    {
        var leftAt = new SortedDictionary<string, ulong>(StringComparer.Ordinal);
        foreach (StateChangeSet set in sets)
        {
            foreach (StateChange change in set.Changes)
            {
                if (change.Is(_reader.Tables.Services, out StateRowChange<CatalogService> row) && IsOurs(row.Old) && !IsOurs(row.New))
                {
                    leftAt.TryAdd(CatalogKeys.Fold(row.Row.Node), set.Index);
                }
            }
        }

        if (leftAt.Count == 0)
        {
            return true;
        }

        var all = new SortedDictionary<ulong, StateChangeSet>(sets.ToDictionary(static set => set.Index));
        foreach ((string node, ulong index) in leftAt)
        {
            sets.Clear();
            var since = new StatePosition(_snapshot.Lineage, index);
            if (!StateFeed.TryRead(state, _reader.NodeTopic(node), since, _snapshot, sets))
            {
                return false;
            }

            foreach (StateChangeSet set in sets)
            {
                all[set.Index] = set;
            }
        }

        sets.Clear();
        sets.AddRange(all.Values);
        return true;
    }

    private List<ServiceDelta> Undo(StateChangeSet set)
    {
        // An instance can be touched through rows that only exist after the set, or only before it: both sides are asked.
        var touched = new SortedSet<RowKey>();
        CollectTouched(set, touched);
        Dictionary<RowKey, ServiceInstance?> after = touched.ToDictionary(static key => key, Instance);
        UndoRows(set);
        CollectTouched(set, touched);
        var deltas = new List<ServiceDelta>();
        foreach (RowKey key in touched)
        {
            ServiceInstance? old = Instance(key);
            ServiceInstance? now = after.GetValueOrDefault(key);
            if (!LooksSame(old, now))
            {
                deltas.Add(new ServiceDelta(old, now));
            }
        }

        return deltas;
    }

    private void UndoRows(StateChangeSet set)
    {
        CatalogTables tables = _reader.Tables;
        foreach (StateChange change in set.Changes)
        {
            if (change.Is(tables.Services, out StateRowChange<CatalogService> service))
            {
                PastOf(service.Row.Node).Services[service.Row.Id] = service.Old;
            }
            else if (change.Is(tables.Checks, out StateRowChange<CatalogCheck> check))
            {
                PastOf(check.Row.Node).Checks[check.Row.CheckId] = check.Old;
            }
            else if (change.Is(tables.Nodes, out StateRowChange<CatalogNode> node))
            {
                PastOf(node.Row.Name).SetNode(node.Old);
            }
        }
    }

    private void CollectTouched(StateChangeSet set, SortedSet<RowKey> touched)
    {
        CatalogTables tables = _reader.Tables;
        foreach (StateChange change in set.Changes)
        {
            if (change.Is(tables.Services, out StateRowChange<CatalogService> service))
            {
                if (IsOurs(service.Old) || IsOurs(service.New))
                {
                    touched.Add(new RowKey(service.Row.Node, service.Row.Id));
                }
            }
            else if (change.Is(tables.Checks, out StateRowChange<CatalogCheck> check))
            {
                CollectByCheck(check.Old, touched);
                CollectByCheck(check.New, touched);
            }
            else if (change.Is(tables.Nodes, out StateRowChange<CatalogNode> node))
            {
                CollectOnNode(node.Row.Name, touched);
            }
        }
    }

    private void CollectByCheck(CatalogCheck? check, SortedSet<RowKey> touched)
    {
        if (check is { ServiceId.Length: 0 })
        {
            CollectOnNode(check.Node, touched);
        }
        else if (check is not null && CatalogKeys.Fold(check.ServiceName) == _service)
        {
            touched.Add(new RowKey(check.Node, check.ServiceId));
        }
    }

    private void CollectOnNode(string node, SortedSet<RowKey> touched)
    {
        foreach (CatalogService service in _snapshot.Scan(_reader.Tables.ServicesByName, [.. _serviceKey, .. CatalogKeys.Folded(node)]))
        {
            AddIfOurs(new RowKey(node, service.Id), touched);
        }

        if (_nodes.TryGetValue(CatalogKeys.Fold(node), out NodePast? past))
        {
            foreach (string id in past.Services.Keys)
            {
                AddIfOurs(new RowKey(node, id), touched);
            }
        }
    }

    private void AddIfOurs(RowKey key, SortedSet<RowKey> touched)
    {
        if (IsOurs(Service(key)))
        {
            touched.Add(key);
        }
    }

    private ServiceInstance? Instance(RowKey key)
    {
        if (Service(key) is not { } service || !IsOurs(service))
        {
            return null;
        }

        CatalogNode node = _nodes.TryGetValue(key.Node, out NodePast? past) && past.HasNode
            ? past.Node!
            : _reader.ReadNode(_snapshot, key.Node);
        return _reader.Join(node, service, Checks(key.Node, ""), Checks(key.Node, key.Id));
    }

    private CatalogService? Service(RowKey key) =>
        _nodes.TryGetValue(key.Node, out NodePast? past) && past.Services.TryGetValue(key.Id, out CatalogService? earlier)
            ? earlier
            : _snapshot.Get(_reader.Tables.Services, CatalogKeys.OnNode(key.Node, key.Id));

    private CatalogCheck[] Checks(string node, string serviceId)
    {
        CatalogCheck[] now = _reader.ReadChecks(_snapshot, node, serviceId);
        if (!_nodes.TryGetValue(node, out NodePast? past) || past.Checks.Count == 0)
        {
            return now;
        }

        var checks = new SortedDictionary<string, CatalogCheck>(StringComparer.Ordinal);
        foreach (CatalogCheck check in now.Where(check => !past.Checks.ContainsKey(check.CheckId)))
        {
            checks.Add(check.CheckId, check);
        }

        foreach ((string id, CatalogCheck? check) in past.Checks)
        {
            if (check is not null && check.ServiceId == serviceId)
            {
                checks.Add(id, check);
            }
        }

        return [.. checks.Values];
    }

    private NodePast PastOf(string node)
    {
        string folded = CatalogKeys.Fold(node);
        if (!_nodes.TryGetValue(folded, out NodePast? past))
        {
            past = _nodes[folded] = new NodePast();
        }

        return past;
    }

    private bool IsOurs(CatalogService? service) => service is not null && CatalogKeys.Fold(service.Name) == _service;

    /// <summary>The rows of one node that were different; null where there was none.</summary>
    private sealed class NodePast
    {
        public bool HasNode { get; private set; }

        public CatalogNode? Node { get; private set; }

        public Dictionary<string, CatalogService?> Services { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, CatalogCheck?> Checks { get; } = new(StringComparer.Ordinal);

        public void SetNode(CatalogNode? node) => (HasNode, Node) = (true, node);
    }
}
