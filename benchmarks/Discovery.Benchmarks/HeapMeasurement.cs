using System.Diagnostics;

namespace Discovery.Benchmarks;

/// <summary>What an instance costs in live heap, and how fast registering goes while the state grows.</summary>
internal static class HeapMeasurement
{
    public static void Run(TextWriter output)
    {
        Measure(TextWriter.Null, 50_000, 0);
        foreach (int instances in (int[])[100_000, 1_000_000])
        {
            Measure(output, instances, 0);
            Measure(output, instances, 0, instancesPerNode: 10);
        }

        Measure(output, 100_000, 64 * 1024 * 1024);
    }

    private static void Measure(TextWriter output, int instances, long ring, int instancesPerNode = 1)
    {
        const int services = 100;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var load = new CatalogLoad(ring, instancesPerNode);
        TimeSpan applying = default;
        TimeSpan processor = default;
        long allocated = 0;
        int collections = GC.CollectionCount(0);
        TimeSpan paused = GC.GetTotalPauseDuration();
        for (int from = 0; from < instances; from += CatalogLoad.BatchEntries)
        {
            StateEntry[] batch = load.Batch(from, Math.Min(CatalogLoad.BatchEntries, instances - from), services);
            long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan processorBefore = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            load.Apply(batch);
            applying += Stopwatch.GetElapsedTime(start);
            processor += Environment.CpuUsage.TotalTime - processorBefore;
            allocated += GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        }

        collections = GC.CollectionCount(0) - collections;
        paused = GC.GetTotalPauseDuration() - paused;
        long live = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine(
            $"{instances,9:N0} instances, {instancesPerNode,2} a node, ring {ring >> 20,2} MiB: {live / instances,5:N0} B live and "
            + $"{allocated / instances,6:N0} B allocated per instance; {instances / applying.TotalSeconds,9:N0} per second, "
            + $"{instances / processor.TotalSeconds,9:N0} per processor second; {collections} collections, "
            + $"paused {100 * (paused / applying):N0} % of that time");
        GC.KeepAlive(load);
    }
}
