using System.Collections.Concurrent;
using Discovery.Health;

namespace Discovery.Agent;

/// <summary>Takes what the checks find into the agent's state.</summary>
internal sealed class AgentHealth(AgentStore store, Action<AgentState, AgentState, string?> changed) : ICheckSink
{
    // One message per check and critical time: bounded by the number of checks.
    private readonly ConcurrentQueue<DueService> _due = new();
    private readonly AsyncSignal _isDue = new();

    public Task WaitForDueAsync(CancellationToken cancellationToken) => _isDue.WaitAsync(cancellationToken).AsTask();

    public bool TryTakeDue(out DueService due) => _due.TryDequeue(out due);

    public void OnStatus(CheckKey key, CheckStatus status, string output, bool outputOnly)
    {
        (AgentState before, AgentState after) = store.Update(state => state.SetStatus(key, status, output));
        changed(before, after, key.ServiceId ?? "");
    }

    public void OnDeregisterDue(CheckKey key)
    {
        if (key.ServiceId is { } id && store.Current.Services.TryGetValue(id, out AgentServiceEntry? entry))
        {
            _due.Enqueue(new DueService(id, key.CheckId, entry.Registration));
            _isDue.Set();
        }
    }

    /// <param name="ServiceId">The service that is to go.</param>
    /// <param name="CheckId">The check that was critical.</param>
    /// <param name="Registration">The registration that this was decided for.</param>
    internal readonly record struct DueService(string ServiceId, string CheckId, long Registration);
}
