namespace Discovery.Agent;

/// <summary>What an agent is told to keep, step by step, and what it then has.</summary>
internal static class KeptScript
{
    public const string Odd = "a/b ü\u2028.. ";

    public static readonly AgentRegisterOptions Kept = new() { Lifetime = RegistrationLifetime.DataDirectory, NameRule = NameRule.Any };

    /// <summary>Each leaves the agent in another state; each is acknowledged before the next.</summary>
    public static readonly Func<LocalAgent, ValueTask>[] Steps =
    [
        static agent => agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl()), Kept),
        static agent => agent.RegisterServiceAsync(AgentFixture.Service(Odd, AgentFixture.Http("h")), Kept),
        static agent => agent.UpdateCheckAsync("service:web", CheckStatus.Passing, "fine", RegistrationLifetime.DataDirectory),
        static agent => agent.RegisterCheckAsync(AgentFixture.Ttl("node"), null, Kept),
        static agent => agent.RegisterCheckAsync(AgentFixture.Http("extra"), "web", Kept),
        static agent => agent.RegisterServiceAsync(
            new ServiceRegistration { Name = "web", Port = 81, Checks = { AgentFixture.Ttl() } }, Kept),
        static agent => agent.SetServiceMaintenanceAsync("web", MaintenanceMode.On, "disk", RegistrationLifetime.DataDirectory),
        static agent => agent.SetNodeMaintenanceAsync(MaintenanceMode.On, "all", RegistrationLifetime.DataDirectory),
        static agent => agent.UpdateCheckAsync("node", CheckStatus.Warning, "so so", RegistrationLifetime.DataDirectory),
        static agent => agent.SetNodeMaintenanceAsync(MaintenanceMode.Off, "", RegistrationLifetime.DataDirectory),
        static async agent => await agent.DeregisterCheckAsync("node"),
        static agent => agent.RegisterServiceAsync(AgentFixture.Service("zmover", AgentFixture.Ttl("service:web")), Kept),
        static agent => agent.RegisterServiceAsync(AgentFixture.Service("zz", AgentFixture.Http("extra")), Kept),
        static async agent => await agent.DeregisterServiceAsync("web"),
    ];

    // The state at the start and after each step that was acknowledged; none when the start itself failed.
    public static List<string> Run(PlantedDisk disk, int steps)
    {
        var states = new List<string>();
        var node = new AgentFixture { Disk = disk };
        node.Run(async () =>
        {
            try
            {
                LocalAgent agent = await node.StartAgentAsync();
                await agent.CompleteDeclarationsAsync();
                states.Add(Show(agent));
                foreach (Func<LocalAgent, ValueTask> step in Steps.Take(steps))
                {
                    await step(agent);
                    states.Add(Show(agent));
                }
            }
            catch (PlantedDisk.PowerFailure)
            {
            }
        });
        return states;
    }

    public static (string State, IReadOnlyList<string> Lines) RunOnce(PlantedDisk disk)
    {
        string state = "";
        var node = new AgentFixture { Disk = disk };
        node.Run(async () => state = Show(await node.StartAgentAsync()));
        return (state, node.Logger.Lines);
    }

    private static string Show(LocalAgent agent) => string.Join('\n', agent.Services
        .Select(static s => $"{s.Service.Id} {s.Service.Name}:{s.Service.Port}")
        .Concat(agent.Checks.Select(static c =>
            $"{c.Check.ServiceId}/{c.Check.CheckId} {c.Check.Status} {c.Check.Output} {c.Check.Notes} {c.Definition?.Kind}")));
}
