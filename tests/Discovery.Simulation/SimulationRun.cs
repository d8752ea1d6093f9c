namespace Discovery.Simulation;

/// <summary>One seed, run to its end or to its failure.</summary>
internal sealed record SimulationRun(ulong Seed, object Options, ulong Hash, string? Failure, Coverage Coverage, long Events)
{
    public IReadOnlyList<string> Trace { get; init; } = [];

    public static SimulationRun Of(ulong seed, int traceLines = 0)
    {
        WorldOptions options = WorldOptions.FromSeed(seed);
        var world = new World(seed, options, traceLines);
        string? failure = null;
        try
        {
            world.Run();
        }
        catch (Exception exception)
        {
            // A broken invariant of a core, and whatever else it throws, is a failure as much as what a checker finds.
            failure = SimulationFailure.Tell(exception, world.Events.Now);
        }

        return new SimulationRun(seed, options, world.Trace.Hash, failure, world.Coverage, world.Events.Count)
        {
            Trace = [.. world.Trace.Lines],
        };
    }
}
