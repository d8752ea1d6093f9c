using System.Globalization;

/// <summary>
/// Forces full blocking collections in a process that is started with this assembly in <c>DOTNET_STARTUP_HOOKS</c>, and watches how late
/// its threads are. The runtime looks for a class of this name, in no namespace.
/// </summary>
internal static class StartupHook
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Collects every <c>COLLECT_SECONDS</c>, unless that is 0. A line for each goes to <c>COLLECT_LOG.PID</c>: when it began (UTC), how
    /// many milliseconds it took, and how many of generation 2 there were in all.
    /// </summary>
    /// <remarks>
    /// <c>COLLECT_LOG.late.PID</c> gets a line whenever a thread of its own that sleeps for 20 ms, or work that it gave to the thread pool,
    /// was late by 100 ms or more: when (UTC), by how many milliseconds the thread was, by how many the pool was after that, for how many
    /// collections have stopped the process since the line before, and how many collections of each generation there were in all.
    /// </remarks>
    public static void Initialize()
    {
        string? log = Environment.GetEnvironmentVariable("COLLECT_LOG");
        string? seconds = Environment.GetEnvironmentVariable("COLLECT_SECONDS");
        if (log is null || !double.TryParse(seconds, CultureInfo.InvariantCulture, out double period))
        {
            return;
        }

        Begin(() => Watch($"{log}.late.{Environment.ProcessId}"));
        if (period > 0)
        {
            Begin(() => Collect(TimeSpan.FromSeconds(period), $"{log}.{Environment.ProcessId}"));
        }
    }

    private static void Begin(ThreadStart run) => new Thread(run) { IsBackground = true }.Start();

    private static void Collect(TimeSpan period, string log)
    {
        while (true)
        {
            Thread.Sleep(period);
            DateTime began = DateTime.UtcNow;
            GC.Collect();
            double took = (DateTime.UtcNow - began).TotalMilliseconds;
            Write(log, $"{began:HH:mm:ss.fff} {took:F0} {GC.CollectionCount(GC.MaxGeneration)}\n");
        }
    }

    private static void Watch(string log)
    {
        using var ran = new ManualResetEventSlim();
        TimeSpan paused = GC.GetTotalPauseDuration();
        while (true)
        {
            DateTime began = DateTime.UtcNow;
            Thread.Sleep(s_step);
            TimeSpan thread = DateTime.UtcNow - began - s_step;
            began = DateTime.UtcNow;
            ran.Reset();
            ThreadPool.UnsafeQueueUserWorkItem(static one => ((ManualResetEventSlim)one!).Set(), ran);
            ran.Wait();
            TimeSpan pool = DateTime.UtcNow - began;
            if (thread >= s_late || pool >= s_late)
            {
                TimeSpan now = GC.GetTotalPauseDuration();
                double stopped = (now - paused).TotalMilliseconds;
                paused = now;
                (double late, double waited) = (thread.TotalMilliseconds, pool.TotalMilliseconds);
                (int low, int middle, int high) = (GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2));
                Write(log, $"{DateTime.UtcNow:HH:mm:ss.fff} {late:F0} {waited:F0} {stopped:F0} {low} {middle} {high}\n");
            }
        }
    }

    private static void Write(string log, FormattableString line) => File.AppendAllText(log, FormattableString.Invariant(line));
}
