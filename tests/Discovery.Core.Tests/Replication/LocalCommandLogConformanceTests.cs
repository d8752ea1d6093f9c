using Discovery.Testing;

namespace Discovery.Core.Tests.Replication;

public sealed class LocalCommandLogConformanceTests : CommandLogConformance
{
    public static TheoryData<string, int> Cases => ConformanceCases.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Log_Scenario_Conforms(string scenario, int seed) => Run(scenario, seed);

    protected override Task<LogUnderTest> CreateAsync(SimulationKernel kernel, LedgerModule ledger, int queueLength, int commandBytesMax)
    {
        LocalCommandLog log = ConformanceCases.CreateLog(kernel, ledger, queueLength, commandBytesMax);
        return Task.FromResult(new LogUnderTest(log, log.DisposeAsync));
    }
}
