namespace Discovery.Agent;

/// <summary>The entries that a plan still has to write.</summary>
internal sealed class AgentPending
{
    /// <summary>Of an agent that writes nothing: its node keeps no state.</summary>
    public static readonly AgentPending Nothing = new();

    public bool IsNodePending { get; private init; }

    public HashSet<string> Services { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Checks { get; } = new(StringComparer.Ordinal);

    public static AgentPending Of(AgentPlan plan)
    {
        var pending = new AgentPending { IsNodePending = plan.Steps.Any(static step => step.IsNode) };
        foreach (AgentStep step in plan.Steps)
        {
            string? service = step.Register is { } register ? register.Service?.Id : step.ServiceId;
            if (service is not null)
            {
                pending.Services.Add(service);
            }

            pending.Checks.UnionWith(step.CheckIds);
        }

        foreach (AgentConflict conflict in plan.Conflicts)
        {
            if (conflict.ServiceId is not null)
            {
                pending.Services.Add(conflict.ServiceId);
            }

            if (conflict.CheckId is not null)
            {
                pending.Checks.Add(conflict.CheckId);
            }
        }

        return pending;
    }
}
