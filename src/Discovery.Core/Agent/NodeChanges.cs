using Discovery.Catalog;
using Discovery.State.Watching;

namespace Discovery.Agent;

/// <summary>Which rows of one node changed in the catalog between two of its states.</summary>
internal sealed class NodeChanges
{
    public bool IsNodeChanged { get; private set; }

    /// <summary>Services whose row changed.</summary>
    public SortedSet<string> Services { get; } = new(StringComparer.Ordinal);

    /// <summary>Checks whose row changed.</summary>
    public SortedSet<string> Checks { get; } = new(StringComparer.Ordinal);

    /// <summary>Services whose checks changed, those of before and after; the empty id for checks of the node.</summary>
    public SortedSet<string> Holders { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads them from the change feed; null when it does not go back that far.</summary>
    public static NodeChanges? Read(
        StateMachine machine, CatalogTables tables, byte[] nodeKey, StatePosition after, StateSnapshot upTo)
    {
        var sets = new List<StateChangeSet>();
        if (!StateFeed.TryRead(machine, StateTopic.ForKey(tables.NodeTopics, nodeKey), after, upTo, sets))
        {
            return null;
        }

        var changes = new NodeChanges();
        foreach (StateChangeSet set in sets)
        {
            for (int i = 0; i < set.Changes.Count; i++)
            {
                if (set.Changes[i].KeyBytes.AsSpan().StartsWith(nodeKey))
                {
                    changes.Add(tables, set.Changes[i]);
                }
            }
        }

        return changes;
    }

    private void Add(CatalogTables tables, in StateChange change)
    {
        if (change.Is(tables.Services, out StateRowChange<CatalogService> service))
        {
            Services.Add(service.Row.Id);
        }
        else if (change.Is(tables.Checks, out StateRowChange<CatalogCheck> check))
        {
            Checks.Add(check.Row.CheckId);
            Holders.Add((check.Old ?? check.Row).ServiceId);
            Holders.Add(check.Row.ServiceId);
        }
        else
        {
            IsNodeChanged |= ReferenceEquals(change.Table, tables.Nodes);
        }
    }
}
