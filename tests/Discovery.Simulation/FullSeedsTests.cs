using Xunit.Abstractions;

namespace Discovery.Simulation;

/// <summary>Whole nodes: seeds that are always the same, and some that nobody has run before.</summary>
public sealed class FullSeedsTests(ITestOutputHelper output)
{
    private const ulong Seeds = 12;
    private const int FreshSeeds = 2;

    [Fact]
    public void Run_FixedSeeds_AreWithoutViolationAndLeaveNothingUntried()
    {
        var coverage = new Coverage();
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            coverage.Add(Run(seed).Coverage);
        }

        output.WriteLine(coverage.ToString());
        Assert.Empty(coverage.Missing(FullRun.Wanted));
    }

    [Fact]
    public void Run_FreshSeeds_AreWithoutViolation()
    {
        for (int i = 0; i < FreshSeeds; i++)
        {
            Run((ulong)Random.Shared.NextInt64(1_000_000, long.MaxValue));
        }
    }

    [Fact]
    public void Run_TheSameSeed_GivesTheSameHash()
    {
        SimulationRun one = FullRun.Of(3);
        SimulationRun other = FullRun.Of(3);
        Assert.Equal((one.Hash, one.Events), (other.Hash, other.Events));
    }

    private static SimulationRun Run(ulong seed)
    {
        SimulationRun run = FullRun.Of(seed);
        Assert.True(run.Failure is null, $"eng/sim.sh --full --seed {seed}: {run.Failure}\n{run.Options}");
        return run;
    }
}
