namespace Discovery.Catalog;

/// <summary>Finds the checks of one instance, or those of a node itself, in the order of their ids.</summary>
/// <remarks>
/// Most instances have one check, under the id that an agent gives by default. Such a check is found by its own key and stays out of the
/// index, which holds the others only.
/// </remarks>
internal sealed class InstanceChecks
{
    private const string DefaultPrefix = "service:";
    private readonly StateTable<CatalogCheck> _checks;
    private readonly StateIndex<CatalogCheck> _others;

    public InstanceChecks(StateTable<CatalogCheck> checks)
    {
        _checks = checks;
        _others = checks.AddIndex("instance", WriteIndexKey);
    }

    /// <param name="snapshot">The state.</param>
    /// <param name="node">The node.</param>
    /// <param name="serviceId">The instance, empty for the checks of the node itself.</param>
    public CatalogCheck[] Read(StateSnapshot snapshot, string node, string serviceId)
    {
        CatalogCheck? known = serviceId.Length == 0 ? null : snapshot.Get(_checks, DefaultKey(node, serviceId));
        byte[] instance = CatalogKeys.OnNode(node, serviceId);
        return !snapshot.Any(_others, instance)
            ? Join(known, serviceId, [])
            : Join(known, serviceId, snapshot.Scan(_others, instance).ToList());
    }

    /// <param name="transaction">The state.</param>
    /// <param name="node">The node.</param>
    /// <param name="serviceId">The instance, empty for the checks of the node itself.</param>
    public CatalogCheck[] Read(StateTransaction transaction, string node, string serviceId)
    {
        CatalogCheck? known = serviceId.Length == 0 ? null : transaction.Get(_checks, DefaultKey(node, serviceId));
        return Join(known, serviceId, transaction.Scan(_others, CatalogKeys.OnNode(node, serviceId)));
    }

    // A check that has the default id of one instance may belong to another.
    private static CatalogCheck[] Join(CatalogCheck? known, string serviceId, IReadOnlyList<CatalogCheck> others)
    {
        if (known is null || known.ServiceId != serviceId)
        {
            return others.Count == 0 ? [] : [.. others];
        }

        if (others.Count == 0)
        {
            return [known];
        }

        var checks = new CatalogCheck[others.Count + 1];
        var key = new RowKey(known.Node, known.CheckId);
        int place = 0;
        while (place < others.Count && new RowKey(others[place].Node, others[place].CheckId).CompareTo(key) < 0)
        {
            checks[place] = others[place];
            place++;
        }

        checks[place] = known;
        for (int i = place; i < others.Count; i++)
        {
            checks[i + 1] = others[i];
        }

        return checks;
    }

    private static void WriteIndexKey(CatalogCheck row, ref StateKeyBuilder key)
    {
        if (!HasDefaultId(row))
        {
            key.AppendFolded(row.Node);
            key.Append(row.ServiceId);
        }
    }

    private static bool HasDefaultId(CatalogCheck row) =>
        row.ServiceId.Length > 0
        && row.CheckId.Length == DefaultPrefix.Length + row.ServiceId.Length
        && row.CheckId.StartsWith(DefaultPrefix, StringComparison.Ordinal)
        && row.CheckId.EndsWith(row.ServiceId, StringComparison.Ordinal);

    private static byte[] DefaultKey(string node, string serviceId) => CatalogKeys.OnNode(node, DefaultPrefix + serviceId);
}
