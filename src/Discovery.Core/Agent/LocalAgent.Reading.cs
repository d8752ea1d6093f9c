using Discovery.Catalog;

namespace Discovery.Agent;

/// <summary>What others can see of the agent.</summary>
internal sealed partial class LocalAgent
{
    public IReadOnlyList<AgentService> Services
    {
        get
        {
            AgentState state = _store.Current;
            AgentPending pending = _sync.Pending(state);
            return [.. state.Services.Values.Select(
                entry => new AgentService(entry.Row, !pending.IsNodePending && !pending.Services.Contains(entry.Row.Id)))];
        }
    }

    public IReadOnlyList<AgentCheck> Checks
    {
        get
        {
            AgentState state = _store.Current;
            AgentPending pending = _sync.Pending(state);
            return [.. state.Services.Values.SelectMany(static service => service.Checks.Values)
                .Concat(state.NodeChecks.Values)
                .OrderBy(static check => check.Row.CheckId, StringComparer.Ordinal)
                .Select(check => new AgentCheck(
                    check.Row with { Output = _runner.PeekOutput(check.Key) ?? check.Row.Output },
                    check.Definition?.Copy(),
                    !pending.IsNodePending && !pending.Checks.Contains(check.Row.CheckId)))];
        }
    }

    public AgentService? FindService(string serviceId)
    {
        ArgumentNullException.ThrowIfNull(serviceId);
        AgentState state = _store.Current;
        return state.Services.TryGetValue(serviceId, out AgentServiceEntry? entry)
            ? new AgentService(entry.Row, _sync.IsShown(state, serviceId))
            : null;
    }

    public async ValueTask<AgentService?> WaitForChangeAsync(
        string serviceId, AgentService? seen, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(serviceId);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        while (true)
        {
            Enter(null);
            CatalogService? row = _store.Current.Services.GetValueOrDefault(serviceId)?.Row;
            if (row is null ? seen is not null : seen is null || !CatalogRows.AreSame(row, seen.Service))
            {
                return FindService(serviceId);
            }

            try
            {
                await _store.WaitForServiceAsync(serviceId, row).WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw Stopped();
            }
        }
    }

    public IReadOnlyList<CheckObservation> HistoryOf(string checkId) =>
        _store.Current.FindCheck(checkId) is { } check && _runner.Peek(check.Key) is { } snapshot
            ? [.. snapshot.Runs.Select(static run => new CheckObservation(run.At, run.Status, run.Output))]
            : [];

    public DateTimeOffset? DeregisterAtOf(string serviceId) =>
        _store.Current.Services.TryGetValue(serviceId, out AgentServiceEntry? entry)
            ? entry.Checks.Values.Min(check => _runner.Peek(check.Key)?.DeregisterAt)
            : null;
}
