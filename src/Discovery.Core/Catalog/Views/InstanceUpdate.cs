namespace Discovery.Catalog;

/// <summary>
/// Makes the instances of a service from an earlier list and the change sets in between: what did not change stays one object.
/// </summary>
internal sealed class InstanceUpdate(CatalogReader reader, StateSnapshot snapshot, string service, byte[] serviceKey)
{
    private readonly SortedDictionary<RowKey, ServiceInstance?> _changed = [];
    private readonly HashSet<string> _nodesRead = new(StringComparer.Ordinal);

    /// <summary>Reads what changed; false when so much did that reading all of the service is as good.</summary>
    public bool TryCollect(ServiceInstance[] earlier, List<StateChangeSet> sets)
    {
        int most = earlier.Length / 4;
        foreach (StateChangeSet set in sets)
        {
            foreach (StateChange change in set.Changes)
            {
                Collect(change, earlier);
                if (_changed.Count > most)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>An earlier list of some of the instances, with the changes put in place: in order, of those that are to be in it.</summary>
    public ServiceInstance[] Apply(ServiceInstance[] earlier, Predicate<ServiceInstance>? isIn = null)
    {
        if (_changed.Count == 0)
        {
            return earlier;
        }

        var places = new List<(int At, bool IsReplaced, ServiceInstance? Instance)>(_changed.Count);
        int count = earlier.Length;
        foreach ((RowKey key, ServiceInstance? instance) in _changed)
        {
            int at = Find(earlier, key);
            bool isReplaced = at < earlier.Length && new RowKey(earlier[at].Service.Node, earlier[at].Id).Equals(key);
            ServiceInstance? now = instance is not null && (isIn is null || isIn(instance)) ? instance : null;
            places.Add((at, isReplaced, now));
            count += (now is null ? 0 : 1) - (isReplaced ? 1 : 0);
        }

        var merged = new ServiceInstance[count];
        int next = 0;
        int written = 0;
        foreach ((int at, bool isReplaced, ServiceInstance? instance) in places)
        {
            Array.Copy(earlier, next, merged, written, at - next);
            written += at - next;
            next = isReplaced ? at + 1 : at;
            if (instance is not null)
            {
                merged[written++] = instance;
            }
        }

        Array.Copy(earlier, next, merged, written, earlier.Length - next);
        return merged;
    }

    /// <summary>The position of the first instance at or after a key.</summary>
    private static int Find(ServiceInstance[] instances, in RowKey key)
    {
        int low = 0;
        int high = instances.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (new RowKey(instances[middle].Service.Node, instances[middle].Id).CompareTo(key) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Collect(StateChange change, ServiceInstance[] earlier)
    {
        CatalogTables tables = reader.Tables;
        if (change.Is(tables.Services, out StateRowChange<CatalogService> row))
        {
            if (IsOurs(row.Old) || IsOurs(row.New))
            {
                Add(row.Row.Node, row.Row.Id);
            }
        }
        else if (change.Is(tables.Checks, out StateRowChange<CatalogCheck> check))
        {
            CollectByCheck(check.Old, earlier);
            CollectByCheck(check.New, earlier);
        }
        else if (change.Is(tables.Nodes, out StateRowChange<CatalogNode> node))
        {
            CollectOnNode(node.Row.Name, earlier);
        }
    }

    private void CollectByCheck(CatalogCheck? check, ServiceInstance[] earlier)
    {
        if (check is { ServiceId.Length: 0 })
        {
            CollectOnNode(check.Node, earlier);
        }
        else if (check is not null && CatalogKeys.Fold(check.ServiceName) == service)
        {
            Add(check.Node, check.ServiceId);
        }
    }

    private void CollectOnNode(string node, ServiceInstance[] earlier)
    {
        string folded = CatalogKeys.Fold(node);
        if (!_nodesRead.Add(folded))
        {
            return;
        }

        for (int i = Find(earlier, new RowKey(node, "")); i < earlier.Length && CatalogKeys.Fold(earlier[i].Service.Node) == folded; i++)
        {
            Add(node, earlier[i].Id);
        }

        foreach (CatalogService row in snapshot.Scan(reader.Tables.ServicesByName, [.. serviceKey, .. CatalogKeys.Folded(node)]))
        {
            Add(node, row.Id);
        }
    }

    private void Add(string node, string id)
    {
        var key = new RowKey(node, id);
        if (!_changed.ContainsKey(key))
        {
            ServiceInstance? instance = reader.ReadInstance(snapshot, node, id);
            _changed.Add(key, IsOurs(instance?.Service) ? instance : null);
        }
    }

    private bool IsOurs(CatalogService? row) => row is not null && CatalogKeys.Fold(row.Name) == service;
}
