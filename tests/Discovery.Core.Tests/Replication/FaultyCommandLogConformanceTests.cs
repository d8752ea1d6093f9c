using Discovery.Testing;

namespace Discovery.Core.Tests.Replication;

/// <summary>The wrapper keeps the promises of a log, with late answers and repeated entries of numbered commands too.</summary>
public sealed class FaultyCommandLogConformanceTests : CommandLogConformance
{
    public static TheoryData<string, int> Cases => ConformanceCases.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Log_Scenario_Conforms(string scenario, int seed) => Run(scenario, seed);

    protected override Task<LogUnderTest> CreateAsync(SimulationKernel kernel, LedgerModule ledger, int queueLength, int commandBytesMax)
    {
        LocalCommandLog inner = ConformanceCases.CreateLog(kernel, ledger, queueLength, commandBytesMax);
        FaultyCommandLogOptions faults = new() { Late = 0.3, DelayMax = TimeSpan.FromMilliseconds(50) };
        FaultyCommandLog log = new(inner, kernel.CreateRuntime(), kernel.CreateRandom(), faults);
        return Task.FromResult(new LogUnderTest(log, inner.DisposeAsync));
    }
}
