using Discovery.Catalog;

namespace Discovery.Agent;

/// <summary>The ids that a comparison looks at: whatever may differ between the agent and the catalog is among them.</summary>
/// <remarks>A check comes with its service, which decides whether it may be written and whether it goes with the service.</remarks>
internal sealed class AgentScope
{
    public SortedSet<string> Services { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Checks { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds a service with all checks that it has here or in the catalog.</summary>
    public void AddService(string id, AgentState desired, StateSnapshot snapshot, CatalogTables tables)
    {
        Services.Add(id);
        Checks.UnionWith(desired.ChecksOf(id).Keys);
        foreach (CatalogCheck shown in tables.InstanceChecks.Read(snapshot, desired.Owner, id))
        {
            Checks.Add(shown.CheckId);
        }
    }

    /// <summary>Reads what the catalog shows of all this, and adds the services of the checks.</summary>
    public NodeRows Read(AgentState desired, StateSnapshot snapshot, CatalogTables tables)
    {
        NodeRows rows = NodeRows.Read(snapshot, tables, desired.Owner, [], Checks);
        foreach (string id in Checks)
        {
            if ((desired.HolderOf(id) ?? rows.Checks.GetValueOrDefault(id)?.ServiceId) is { Length: > 0 } service)
            {
                Services.Add(service);
            }
        }

        rows.AddServices(snapshot, tables, desired.Owner, Services);
        return rows;
    }
}
