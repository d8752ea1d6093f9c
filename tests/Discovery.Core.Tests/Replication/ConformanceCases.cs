using Discovery.Testing;

namespace Discovery.Core.Tests.Replication;

/// <summary>What the conformance tests of the logs of this package share.</summary>
internal static class ConformanceCases
{
    public static TheoryData<string, int> All
    {
        get
        {
            TheoryData<string, int> cases = [];
            foreach (string scenario in CommandLogConformance.Scenarios)
            {
                cases.Add(scenario, 1);
                cases.Add(scenario, 2);
            }

            return cases;
        }
    }

    public static LocalCommandLog CreateLog(SimulationKernel kernel, LedgerModule ledger, int queueLength, int commandBytesMax)
    {
        LocalCommandLogOptions options = new() { QueueLength = queueLength, CommandBytesMax = commandBytesMax };
        StateMachine machine = new([ledger], new StateMachineOptions());
        LocalCommandLog log = new(machine, kernel.CreateRuntime(), "node-1", options);
        log.Start(LedgerNode.Lineage);
        return log;
    }
}
