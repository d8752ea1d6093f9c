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
    private readonly Dictionary<RowKey, CatalogService?> _services = [];
    private readonly Dictionary<RowKey, CatalogCheck?> _checks = [];
    private readonly Dictionary<RowKey, CatalogNode?> _nodes = [];

    private ServiceRewind(CatalogReader reader, StateSnapshot snapshot, string service)
    {
        _reader = reader;
        _snapshot = snapshot;
        _service = service;
    }

    /// <summary>The effect of each change set on the service, in order; instances whose looks did not change are left out.</summary>
    public static List<ServiceStep> Read(
        CatalogReader reader, StateSnapshot snapshot, string service, IReadOnlyList<StateChangeSet> sets)
    {
        var rewind = new ServiceRewind(reader, snapshot, service);
        var steps = new List<ServiceStep>(sets.Count);
        for (int i = sets.Count - 1; i >= 0; i--)
        {
            steps.Add(new ServiceStep(sets[i].Index, rewind.Undo(sets[i])));
        }

        steps.Reverse();
        return steps;
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

    private List<ServiceDelta> Undo(StateChangeSet set)
    {
        // An instance can be touched through rows that only exist before the set, or only after it: both sides are asked.
        var touched = new SortedSet<RowKey>();
        CollectTouched(set, touched);
        UndoRows(set, apply: false);
        CollectTouched(set, touched);
        UndoRows(set, apply: true);
        Dictionary<RowKey, ServiceInstance?> after = touched.ToDictionary(static key => key, Instance);
        UndoRows(set, apply: false);
        var deltas = new List<ServiceDelta>();
        foreach (RowKey key in touched)
        {
            ServiceInstance? old = Instance(key);
            if (!LooksSame(old, after[key]))
            {
                deltas.Add(new ServiceDelta(old, after[key]));
            }
        }

        return deltas;
    }

    // Puts the rows of before the set in place, or those of after it again.
    private void UndoRows(StateChangeSet set, bool apply)
    {
        CatalogTables tables = _reader.Tables;
        foreach (StateChange change in set.Changes)
        {
            if (change.Is(tables.Services, out StateRowChange<CatalogService> service))
            {
                _services[new RowKey(service.Row.Node, service.Row.Id)] = apply ? service.New : service.Old;
            }
            else if (change.Is(tables.Checks, out StateRowChange<CatalogCheck> check))
            {
                _checks[new RowKey(check.Row.Node, check.Row.CheckId)] = apply ? check.New : check.Old;
            }
            else if (change.Is(tables.Nodes, out StateRowChange<CatalogNode> node))
            {
                _nodes[new RowKey(node.Row.Name, "")] = apply ? node.New : node.Old;
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
        else if (check is not null && IsName(check.ServiceName))
        {
            touched.Add(new RowKey(check.Node, check.ServiceId));
        }
    }

    private void CollectOnNode(string node, SortedSet<RowKey> touched)
    {
        foreach (CatalogService service in _snapshot.Scan(_reader.Tables.Services, CatalogKeys.Folded(node)))
        {
            AddIfOurs(new RowKey(service.Node, service.Id), touched);
        }

        foreach (RowKey key in _services.Keys)
        {
            if (string.Equals(key.Node, node, StringComparison.OrdinalIgnoreCase))
            {
                AddIfOurs(key, touched);
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

        CatalogNode node = _nodes.TryGetValue(new RowKey(key.Node, ""), out CatalogNode? earlier)
            ? earlier!
            : _reader.ReadNode(_snapshot, key.Node);
        return CatalogReader.Join(node, service, Checks(key.Node, ""), Checks(key.Node, key.Id));
    }

    private CatalogService? Service(RowKey key) => _services.TryGetValue(key, out CatalogService? earlier)
        ? earlier
        : _snapshot.Get(_reader.Tables.Services, CatalogKeys.OnNode(key.Node, key.Id));

    private CatalogCheck[] Checks(string node, string serviceId)
    {
        var checks = new SortedDictionary<string, CatalogCheck>(StringComparer.Ordinal);
        foreach (CatalogCheck check in _reader.ReadChecks(_snapshot, node, serviceId))
        {
            if (!_checks.ContainsKey(new RowKey(node, check.CheckId)))
            {
                checks.Add(check.CheckId, check);
            }
        }

        foreach ((RowKey key, CatalogCheck? check) in _checks)
        {
            if (check is not null && check.ServiceId == serviceId && string.Equals(key.Node, node, StringComparison.OrdinalIgnoreCase))
            {
                checks[check.CheckId] = check;
            }
        }

        return [.. checks.Values];
    }

    private bool IsOurs(CatalogService? service) => service is not null && IsName(service.Name);

    private bool IsName(string name) => string.Equals(name, _service, StringComparison.OrdinalIgnoreCase);
}
