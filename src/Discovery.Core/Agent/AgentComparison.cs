using Discovery.Catalog;

namespace Discovery.Agent;

/// <summary>Compares the agent with the catalog again and again, looking only at what may differ since the last time.</summary>
/// <remarks>
/// What may differ is: what the agent touched, what the change feed tells of the node's topic since the state that was compared last, and
/// what the last plan had still to write or had to leave to others. So the plan is the one that comparing everything gives. Where the feed
/// does not go back far enough, and after <see cref="Forget"/>, everything is compared.
/// </remarks>
internal sealed class AgentComparison(StateMachine machine, CatalogTables tables, byte[] nodeKey)
{
    private AgentPending? _pending;
    private StatePosition _position;
    private bool _keptUnknown;
    private long _looks;
    private long _fullComparisons;

    /// <summary>How many entries were looked at so far, the agent's and the catalog's.</summary>
    public long Looks => Volatile.Read(ref _looks);

    /// <summary>How many of the comparisons were of everything.</summary>
    public long FullComparisons => Volatile.Read(ref _fullComparisons);

    /// <summary>Has everything compared the next time.</summary>
    public void Forget() => _pending = null;

    /// <param name="state">The agent, with everything that it touched since the last call.</param>
    /// <returns>The plan, and the scope of the comparison; null for everything.</returns>
    public (AgentPlan Plan, NodeRows Rows, AgentScope? Scope) Compare(AgentState state)
    {
        StateSnapshot snapshot = machine.Current;
        AgentScope? scope = FindScope(state, snapshot);
        NodeRows rows = scope?.Read(state, snapshot, tables) ?? NodeRows.Read(snapshot, tables, nodeKey);
        AgentPlan plan = AgentDiff.Compare(state, rows, scope);
        if (scope is null)
        {
            _fullComparisons++;
            _looks += state.Count + rows.Services.Count + rows.Checks.Count;
        }
        else
        {
            _looks += 2 * (scope.Services.Count + scope.Checks.Count);
        }

        _pending = AgentPending.Of(plan);
        _position = snapshot.Position;
        _keptUnknown = state.KeepsUnknown;
        return (plan, rows, scope);
    }

    private AgentScope? FindScope(AgentState state, StateSnapshot snapshot)
    {
        if (_pending is not { } pending
            || state.KeepsUnknown != _keptUnknown
            || NodeChanges.Read(machine, tables, nodeKey, _position, snapshot) is not { } changes)
        {
            return null;
        }

        var scope = new AgentScope();
        foreach (string id in changes.Services.Concat(state.Touched.Services))
        {
            scope.AddService(id, state, snapshot, tables);
        }

        scope.Services.UnionWith(pending.Services);
        scope.Checks.UnionWith(changes.Checks);
        scope.Checks.UnionWith(state.Touched.Checks);
        scope.Checks.UnionWith(pending.Checks);
        return scope;
    }
}
