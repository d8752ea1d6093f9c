using Discovery.Catalog;
using Discovery.Health;

namespace Discovery.Agent;

/// <summary>Where alias checks look: at the agent's own entries as they are here, at everybody else's as the catalog shows them.</summary>
internal sealed class AgentAliases(AgentParts parts, AgentStore store) : IAliasSource
{
    private readonly Lock _lock = new();

    // By target service, the empty id for the node itself; in the order of their subscription.
    private readonly SortedDictionary<string, SortedDictionary<long, Action>> _onThisNode = new(StringComparer.Ordinal);
    private long _subscriptions;

    public AliasView Read(AliasTarget target, CheckKey self)
    {
        AgentState state = store.Current;
        string node = target.Node ?? state.Owner;
        bool isHere = IsHere(target);
        StateSnapshot snapshot = parts.StateMachine.Current;
        CatalogTables tables = parts.Catalog.Tables;
        var checks = new List<CatalogCheck>();
        bool isFound = isHere || snapshot.Get(tables.Nodes, CatalogKeys.Folded(node)) is not null;
        if (isFound)
        {
            AddShown(snapshot, node, "", isHere ? state : null, checks);
        }

        if (isHere)
        {
            checks.AddRange(state.NodeChecks.Values.Select(static check => check.Row));
        }

        if (target.ServiceId is { } serviceId)
        {
            if (isHere && state.Services.TryGetValue(serviceId, out AgentServiceEntry? entry))
            {
                checks.AddRange(entry.Checks.Values.Select(static check => check.Row));
            }
            else
            {
                isFound = snapshot.Get(tables.Services, CatalogKeys.OnNode(node, serviceId)) is { } shown
                    && !(isHere && string.Equals(shown.Owner, state.Owner, StringComparison.OrdinalIgnoreCase));
                AddShown(snapshot, node, serviceId, isHere ? state : null, checks);
            }
        }

        return new AliasView(isFound, node, [.. checks
            .Where(check => !(isHere && check.CheckId == self.CheckId))
            .OrderBy(static check => check.CheckId, StringComparer.Ordinal)
            .Select(static check => new AliasedCheck(check.Name, check.Status, check.Output))]);
    }

    public IDisposable Subscribe(AliasTarget target, Action changed)
    {
        if (!IsHere(target))
        {
            return new RemoteSubscription(parts, CatalogKeys.Folded(target.Node!), changed);
        }

        string service = target.ServiceId ?? "";
        lock (_lock)
        {
            if (!_onThisNode.TryGetValue(service, out SortedDictionary<long, Action>? followers))
            {
                _onThisNode[service] = followers = [];
            }

            followers.Add(++_subscriptions, changed);
            return new LocalSubscription(this, service, _subscriptions);
        }
    }

    /// <summary>Tells that a service here, or its checks, changed.</summary>
    /// <param name="serviceId">The service; null or the empty id for the node's own checks, which count for every service.</param>
    public void Notify(string? serviceId)
    {
        Action[] callbacks;
        lock (_lock)
        {
            callbacks = string.IsNullOrEmpty(serviceId)
                ? [.. _onThisNode.Values.SelectMany(static followers => followers.Values)]
                : _onThisNode.TryGetValue(serviceId, out SortedDictionary<long, Action>? followers) ? [.. followers.Values] : [];
        }

        foreach (Action changed in callbacks)
        {
            changed();
        }
    }

    /// <summary>Tells what of this node changed in the catalog; null when that is not known.</summary>
    public void Notify(NodeChanges? changes)
    {
        if (changes is null || changes.IsNodeChanged || changes.Holders.Contains(""))
        {
            Notify("");
            return;
        }

        foreach (string id in changes.Services.Union(changes.Holders, StringComparer.Ordinal))
        {
            Notify(id);
        }
    }

    private bool IsHere(AliasTarget target) =>
        target.Node is null || string.Equals(target.Node, parts.Identity.Name, StringComparison.OrdinalIgnoreCase);

    // Entries of this agent are left out where they are read from its own state.
    private void AddShown(StateSnapshot snapshot, string node, string serviceId, AgentState? local, List<CatalogCheck> checks)
    {
        foreach (CatalogCheck check in parts.Catalog.Tables.InstanceChecks.Read(snapshot, node, serviceId))
        {
            if (local is null || !string.Equals(check.Owner, local.Owner, StringComparison.OrdinalIgnoreCase))
            {
                checks.Add(check);
            }
        }
    }

    private sealed class LocalSubscription(AgentAliases owner, string service, long number) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock)
            {
                if (owner._onThisNode.TryGetValue(service, out SortedDictionary<long, Action>? followers)
                    && followers.Remove(number)
                    && followers.Count == 0)
                {
                    owner._onThisNode.Remove(service);
                }
            }
        }
    }

    /// <summary>Follows another node's topic for as long as it is subscribed to.</summary>
    private sealed class RemoteSubscription : IDisposable
    {
        private readonly StateWatch _watch;

        public RemoteSubscription(AgentParts parts, byte[] nodeKey, Action changed)
        {
            _watch = StateWatch.Open(parts.StateMachine, [StateTopic.ForKey(parts.Catalog.Tables.NodeTopics, nodeKey)]);
            _ = parts.Runtime.Start(() => RunAsync(_watch, changed));
        }

        public void Dispose() => _watch.Dispose();

        private static async Task RunAsync(StateWatch watch, Action changed)
        {
            try
            {
                while (true)
                {
                    await watch.WaitAsync(CancellationToken.None);
                    changed();
                }
            }
            catch (ObjectDisposedException)
            {
                // The subscription has ended.
            }
        }
    }
}
