using Xunit.Abstractions;

namespace Discovery.Simulation;

public sealed class FixedSeedsTests(ITestOutputHelper output)
{
    private const int Seeds = 200;

    [Fact]
    public void Run_FixedSeeds_AreWithoutViolationAndLeaveNothingUntried()
    {
        var coverage = new Coverage();
        var failures = new List<string>();
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            SimulationRun run = SimulationRun.Of(seed);
            coverage.Add(run.Coverage);
            if (run.Failure is { } failure)
            {
                failures.Add($"seed {seed} {failure}\n{run.Options}");
            }
        }

        output.WriteLine(coverage.ToString());
        Assert.Empty(failures);
        Assert.Empty(coverage.Missing(Coverage.Wanted));
    }

    [Fact]
    public void Run_TheSameSeed_GivesTheSameHash()
    {
        SimulationRun one = SimulationRun.Of(7);
        SimulationRun other = SimulationRun.Of(7);
        Assert.Equal((one.Hash, one.Events), (other.Hash, other.Events));
        Assert.NotEqual(one.Hash, SimulationRun.Of(8).Hash);
    }
}
