using System.Diagnostics;
using System.Globalization;

namespace Discovery.Simulation;

/// <summary>Runs seeds from the command line; eng/sim.sh is how one calls it.</summary>
internal static class Program
{
    private const int FailuresMax = 10;

    public static int Main(string[] args)
    {
        ulong first = ulong.Parse(Argument(args, "--seed") ?? "1", CultureInfo.InvariantCulture);
        int count = int.Parse(Argument(args, "--count") ?? "1", CultureInfo.InvariantCulture);
        int trace = int.Parse(Argument(args, "--trace") ?? "0", CultureInfo.InvariantCulture);
        bool stops = args.Contains("--first");
        bool isFull = args.Contains("--full");
        long started = Stopwatch.GetTimestamp();
        var coverage = new Coverage();
        long events = 0;
        int failures = 0;
        ulong seed = first;
        for (; seed < first + (ulong)count && failures < (stops ? 1 : FailuresMax); seed++)
        {
            SimulationRun run = isFull ? FullRun.Of(seed, trace) : SimulationRun.Of(seed, trace);
            coverage.Add(run.Coverage);
            events += run.Events;
            foreach (string line in run.Trace)
            {
                Console.WriteLine(line);
            }

            if (run.Failure is { } failure)
            {
                failures++;
                Console.WriteLine($"FAILED seed {seed} {failure}\n  {run.Options}");
            }
            else if (count == 1)
            {
                Console.WriteLine($"seed {seed}: hash {run.Hash:x16}, {run.Events} events\n  {run.Options}");
            }
        }

        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        int runs = (int)(seed - first);
        Console.WriteLine(coverage);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{runs} seeds from {first}: {failures} failed; {events} events, {cpu.TotalSeconds / Math.Max(1, runs):F3} s of CPU a seed, "
            + $"{Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s in all"));
        string[] missing = count >= 100 && failures == 0 ? [.. coverage.Missing(isFull ? FullRun.Wanted : Coverage.Wanted)] : [];
        if (missing.Length > 0)
        {
            Console.WriteLine($"never happened: {string.Join(", ", missing)}");
        }

        return failures > 0 || missing.Length > 0 ? 1 : 0;
    }

    private static string? Argument(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
