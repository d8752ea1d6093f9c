using Discovery.Catalog;
using Discovery.Testing;

namespace Discovery.Agent;

/// <summary>Whatever happens: after one quiet sync period the catalog is the agent's entries and the foreign ones.</summary>
public class AgentConvergenceTests
{
    private static readonly string[] s_services = ["a", "b", "c", "d"];

    private static readonly FaultyCommandLogOptions[] s_weathers =
    [
        FaultyCommandLogOptions.None,
        FaultyCommandLogOptions.Stormy,
        new() { Refused = 0.5, LostUnapplied = 0.2, LostApplied = 0.1 },
        new() { Late = 0.3, Duplicated = 0.5, Hanging = 0.2, DelayMax = TimeSpan.FromSeconds(20) },
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomInterleavings_ConvergeWithinOneSyncPeriod(int weather)
    {
        for (int seed = 1; seed <= 40; seed++)
        {
            Run(seed, s_weathers[weather]);
        }
    }

    private static void Run(int seed, FaultyCommandLogOptions faults)
    {
        var node = new AgentFixture(seed);
        FaultyCommandLog log = node.Faulty(FaultyCommandLogOptions.None);
        node.Log = log;
        node.Health.OutputUpdateInterval = TimeSpan.Zero;
        Random random = node.Kernel.CreateRandom();
        var foreign = new SortedSet<string>(StringComparer.Ordinal);
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.CompleteDeclarationsAsync();
            log.Faults = faults;
            var calls = new List<Task>();
            for (int i = 0; i < 60; i++)
            {
                calls.Add(random.Next(3) == 0 ? DisturbAsync(node, random, foreign) : ChangeAsync(agent, random));
                if (random.Next(3) == 0)
                {
                    await node.AdvanceAsync(random.NextDouble() * (random.Next(10) == 0 ? 90 : 2));
                }
            }

            log.Faults = FaultyCommandLogOptions.None;
            Assert.Equal(faults != FaultyCommandLogOptions.None, log.Injected > 0);
            await node.AdvanceAsync(66);
            await Task.WhenAll(calls);
            string[] expected =
            [
                .. agent.Services.Select(static one => one.Service)
                    .Select(static s => $"n1 {s.Id} {s.Name}:{s.Port} [{string.Join(',', s.Tags)}]")
                    .Concat(foreign.Select(static id => $"- {id} {id}:81 []"))
                    .OrderBy(static line => line.Split(' ')[1], StringComparer.Ordinal),
                .. agent.Checks.Select(static one => one.Check)
                    .Select(static c => $"n1 {c.ServiceId}/{c.CheckId} {c.Status} {c.Output}".TrimEnd())
                    .Concat(foreign.Select(static id => $"- {id}/of-{id} Critical"))
                    .OrderBy(static line => line.Split(' ')[1].Split('/')[1], StringComparer.Ordinal),
            ];
            string[] shown = node.Show();
            Assert.True(expected.SequenceEqual(shown), $"Seed {seed}:\n{string.Join('\n', expected)}\nbut\n{string.Join('\n', shown)}");
            Assert.Equal(("n1", "10.0.0.1"), (node.Rows.Node!.Owner, node.Rows.Node.Address));
            Assert.All(agent.Services, static one => Assert.True(one.IsInSync));
            Assert.All(agent.Checks, static one => Assert.True(one.IsInSync));
            ulong index = node.State.Index;
            await node.AdvanceAsync(200);
            Assert.Equal(index, node.State.Index);
        });
    }

    // A call of the application; what it refuses is its business.
    private static async Task ChangeAsync(LocalAgent agent, Random random)
    {
        string id = s_services[random.Next(s_services.Length)];
        try
        {
            switch (random.Next(8))
            {
                case 0 or 1 or 2:
                    ServiceRegistration service = AgentFixture.Service(id);
                    service.Port = random.Next(1, 5);
                    for (int i = random.Next(3); i > 0; i--)
                    {
                        service.Checks.Add(AgentFixture.Ttl($"{id}{i}"));
                    }

                    await agent.RegisterServiceAsync(service);
                    break;
                case 3:
                    await agent.DeregisterServiceAsync(id);
                    break;
                case 4:
                    await agent.RegisterCheckAsync(AgentFixture.Ttl($"x{random.Next(3)}"), random.Next(2) == 0 ? null : id);
                    break;
                case 5:
                    await agent.DeregisterCheckAsync(random.Next(2) == 0 ? $"x{random.Next(3)}" : $"{id}1");
                    break;
                case 6:
                    await agent.UpdateCheckAsync($"{id}1", (CheckStatus)random.Next(3), "by hand");
                    break;
                default:
                    await agent.SetServiceMaintenanceAsync(id, (MaintenanceMode)random.Next(2));
                    break;
            }
        }
        catch (DiscoveryException)
        {
        }
    }

    // Somebody else writes to the catalog, by our rules or by Consul's.
    private static async Task DisturbAsync(AgentFixture node, Random random, SortedSet<string> foreign)
    {
        string id = s_services[random.Next(s_services.Length)];
        string own = $"f{random.Next(3)}";
        switch (random.Next(4))
        {
            case 0:
                // Their entry first, its check with it; the node may be gone at that moment, so it is written too.
                foreign.Add(own);
                CatalogRegistration external = AgentFixture.External(
                    own, AgentFixture.Node, new CatalogCheckRegistration { Name = $"of-{own}", ServiceId = own });
                external.SkipNodeUpdate = false;
                external.Ownership = CatalogOwnership.Consul;
                await node.Outside.ExecuteAsync(node.Module.Register, ToCommand(external), CallContext.Local);
                break;
            case 1:
                foreign.Remove(own);
                await DeregisterAsync(node, own, "");
                break;
            case 2:
                await DeregisterAsync(node, id, "");
                break;
            default:
                await DeregisterAsync(node, "", $"{id}{random.Next(1, 3)}");
                break;
        }
    }

    private static RegisterCommand ToCommand(CatalogRegistration registration) => new()
    {
        Node = new CatalogNode { Name = registration.Node, Address = registration.Address, Datacenter = "dc1" },
        Service = CatalogWriter.ToRow(registration.Service!, registration.Node),
        Checks = [.. registration.Checks.Select(static check => new CatalogCheck
        {
            Node = AgentFixture.Node,
            CheckId = check.Name,
            ServiceId = check.ServiceId!,
            Status = check.Status,
        })],
    };

    private static async Task DeregisterAsync(AgentFixture node, string serviceId, string checkId) => await node.Outside.ExecuteAsync(
        node.Module.Deregister,
        new DeregisterCommand { Node = AgentFixture.Node, ServiceId = serviceId, CheckId = checkId },
        CallContext.Local);
}
