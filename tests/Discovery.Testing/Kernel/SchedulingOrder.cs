namespace Discovery.Testing;

/// <summary>How <see cref="SeededScheduler"/> picks the next task.</summary>
public enum SchedulingOrder
{
    /// <summary>Any runnable task, as the seed says.</summary>
    Seeded,

    /// <summary>The task that has waited longest.</summary>
    Fifo,
}
