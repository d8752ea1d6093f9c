namespace Discovery.Agent;

/// <summary>Holds the agent's state: readers take it whole, writers replace it by a pure function of it.</summary>
internal sealed class AgentStore(AgentState initial)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource> _serviceWaits = new(StringComparer.Ordinal);
    private AgentState _current = initial;

    public AgentState Current => Volatile.Read(ref _current);

    /// <summary>Replaces the state; the function may be called under a lock and must be pure.</summary>
    /// <returns>The state before and after.</returns>
    public (AgentState Before, AgentState After) Update(Func<AgentState, AgentState> change)
    {
        lock (_lock)
        {
            AgentState before = _current;
            AgentState after = change(before);
            Volatile.Write(ref _current, after);
            if (_serviceWaits.Count > 0 && !ReferenceEquals(before.Services, after.Services))
            {
                WakeChanged(before, after);
            }

            return (before, after);
        }
    }

    /// <summary>Completes when a service's row is no longer <paramref name="seen"/>; at once when it is another one already.</summary>
    /// <remarks>All who wait for one service share one task, which stays until the service changes.</remarks>
    public Task WaitForServiceAsync(string id, CatalogService? seen)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(RowOf(_current, id), seen))
            {
                return Task.CompletedTask;
            }

            if (!_serviceWaits.TryGetValue(id, out TaskCompletionSource? wait))
            {
                _serviceWaits[id] = wait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return wait.Task;
        }
    }

    private static CatalogService? RowOf(AgentState state, string id) => state.Services.GetValueOrDefault(id)?.Row;

    private void WakeChanged(AgentState before, AgentState after)
    {
        foreach (string id in _serviceWaits.Keys.Where(id => !ReferenceEquals(RowOf(before, id), RowOf(after, id))).ToArray())
        {
            _serviceWaits.Remove(id, out TaskCompletionSource? wait);
            wait!.TrySetResult();
        }
    }
}
