using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Testing;

namespace Discovery.Driver;

/// <summary>One voter on a simulated disk keeps the promises of a log.</summary>
public sealed class RaftCommandLogConformanceTests : CommandLogConformance
{
    public static TheoryData<string, int> Cases
    {
        get
        {
            TheoryData<string, int> cases = [];
            foreach (string scenario in Scenarios)
            {
                cases.Add(scenario, 1);
                cases.Add(scenario, 2);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Log_Scenario_Conforms(string scenario, int seed) => Run(scenario, seed);

    protected override async Task<LogUnderTest> CreateAsync(
        SimulationKernel kernel, LedgerModule ledger, int queueLength, int commandBytesMax)
    {
        NodeRuntime runtime = kernel.CreateRuntime();
        var node = new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
        LogStore store = await LogStore.OpenAsync(
            new SimulatedDisk(1, kernel.Time), "/raft/log", node, Guid.Empty, new Guid(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2), snapshot: null);
        var parts = new RaftParts
        {
            StateMachine = new StateMachine([ledger], new StateMachineOptions()),
            Runtime = runtime,
            Log = store,
            Recovered = await Bootstrap.RunAsync(store, [new RaftMember(store.Identity.Id, MemberRole.Voter)]),
            Snapshots = new NoSnapshots(),
            Transport = new AloneTransport(),
            Core = new RaftCoreOptions(),
            Options = new RaftLogOptions { QueueLength = queueLength, CommandBytesMax = commandBytesMax },
            NodeName = "node-1",
            NewId = () => LedgerNode.Lineage,
            Seed = 1,
        };
        var driver = new RaftDriver(parts);
        driver.Start();
        var log = new RaftCommandLog(parts, driver);
        await kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        return new LogUnderTest(log, async () =>
        {
            await driver.DisposeAsync();
            await store.DisposeAsync();
        });
    }
}
