namespace Discovery.Agent;

/// <summary>A check of the agent with the tags of its service.</summary>
internal sealed record AgentCheckRow(AgentCheck Check, IReadOnlyList<string> ServiceTags)
{
    /// <summary>All checks, in the order of their ids.</summary>
    public static IReadOnlyList<AgentCheckRow> Read(ILocalAgent agent)
    {
        var tags = agent.Services.ToDictionary(
            static service => service.Service.Id, static service => service.Service.Tags, StringComparer.Ordinal);
        return [.. agent.Checks.Select(check => new AgentCheckRow(check, tags.GetValueOrDefault(check.Check.ServiceId) ?? []))];
    }
}
