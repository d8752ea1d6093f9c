using System.Diagnostics;
using System.Globalization;

namespace Discovery.Simulation;

/// <summary>One seed, run to its end or to its failure.</summary>
internal sealed record SimulationRun(ulong Seed, WorldOptions Options, ulong Hash, string? Failure, Coverage Coverage, long Events, TimeSpan Cpu)
{
    public IReadOnlyList<string> Trace { get; private init; } = [];

    public static SimulationRun Of(ulong seed, int traceLines = 0)
    {
        WorldOptions options = WorldOptions.FromSeed(seed);
        long started = Stopwatch.GetTimestamp();
        var world = new World(seed, options, traceLines);
        string? failure = null;
        try
        {
            world.Run();
        }
        catch (Exception exception) when (exception is SimulationFailure or InvariantViolationException)
        {
            failure = string.Create(
                CultureInfo.InvariantCulture, $"at {world.Events.Now.TotalSeconds:F3} s: {exception.GetType().Name}: {exception.Message}");
        }

        return new SimulationRun(
            seed, options, world.Trace.Hash, failure, world.Coverage, world.Events.Count, Stopwatch.GetElapsedTime(started))
        {
            Trace = [.. world.Trace.Lines],
        };
    }
}
