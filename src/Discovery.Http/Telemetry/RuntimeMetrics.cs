namespace Discovery.Telemetry;

/// <summary>The numbers of the process: memory, collections, threads.</summary>
internal static class RuntimeMetrics
{
    public static void Record(MetricsCollector collector)
    {
        void Gauge(string name, string help, double value) => collector.Set($"discovery.runtime.{name}", help, MetricKind.Gauge, value);
        void Counter(string name, string help, double value) => collector.Set($"discovery.runtime.{name}", help, MetricKind.Counter, value);

        Gauge("alloc_bytes", "Bytes of managed memory in use", GC.GetTotalMemory(forceFullCollection: false));
        Gauge("sys_bytes", "Bytes of memory that the process holds", Environment.WorkingSet);
        Gauge("threads", "Threads of the thread pool", ThreadPool.ThreadCount);
        Gauge("thread_pool.queue", "Work items that wait for a thread", ThreadPool.PendingWorkItemCount);
        Counter("allocated_bytes", "Bytes of managed memory ever allocated", GC.GetTotalAllocatedBytes());
        Counter("gc.runs", "Garbage collections", GC.CollectionCount(0));
        Counter("gc.pause_seconds", "Seconds for which garbage collections stopped the process", GC.GetTotalPauseDuration().TotalSeconds);
        Counter("lock_contentions", "How often a lock was taken already", Monitor.LockContentionCount);
        Counter("telemetry.dropped", "Measurements without room for a series of their own", collector.Dropped);
    }
}
