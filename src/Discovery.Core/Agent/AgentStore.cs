namespace Discovery.Agent;

/// <summary>Holds the agent's state: readers take it whole, writers replace it by a pure function of it.</summary>
internal sealed class AgentStore(AgentState initial)
{
    private readonly Lock _lock = new();
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
            return (before, after);
        }
    }
}
