namespace Discovery.Agent;

/// <summary>What was found about entries, to be looked up by entry; of several findings the first counts.</summary>
internal sealed class AgentVerdicts<T>
    where T : class
{
    private readonly Dictionary<string, (int Order, T Verdict)> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Order, T Verdict)> _checks = new(StringComparer.Ordinal);
    private T? _node;
    private int _count;

    /// <summary>Adds a finding about a service and checks; about the node when there are none.</summary>
    public void Add(string? serviceId, IReadOnlyList<string> checkIds, T verdict)
    {
        (int, T) found = (_count++, verdict);
        if (serviceId is not null)
        {
            _services.TryAdd(serviceId, found);
        }

        foreach (string id in checkIds)
        {
            _checks.TryAdd(id, found);
        }

        if (serviceId is null && checkIds.Count == 0)
        {
            _node ??= verdict;
        }
    }

    /// <summary>The first finding about a service or any of some checks; about the node when none is asked for.</summary>
    public T? Find(string? serviceId, IReadOnlyCollection<string> checkIds)
    {
        if (serviceId is null && checkIds.Count == 0)
        {
            return _node;
        }

        (int Order, T? Verdict) first = (int.MaxValue, null);
        if (serviceId is not null && _services.TryGetValue(serviceId, out (int Order, T Verdict) found))
        {
            first = found;
        }

        foreach (string id in checkIds)
        {
            if (_checks.TryGetValue(id, out found) && found.Order < first.Order)
            {
                first = found;
            }
        }

        return first.Verdict;
    }
}
