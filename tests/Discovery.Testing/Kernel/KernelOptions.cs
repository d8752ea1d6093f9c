namespace Discovery.Testing;

/// <summary>How a <see cref="SimulationKernel"/> behaves.</summary>
public sealed record KernelOptions
{
    /// <summary>How the next task is picked.</summary>
    public SchedulingOrder Order { get; init; } = SchedulingOrder.Seeded;

    /// <summary>What happens when work of the kernel leaves it.</summary>
    public EscapeHandling Escapes { get; init; } = EscapeHandling.Fail;

    /// <summary>The most steps and timer firings in one call of Run, AdvanceAsync or RunUntilIdle.</summary>
    public long StepsMax { get; init; } = 5_000_000;

    /// <summary>The most virtual time in one call of Run.</summary>
    public TimeSpan VirtualTimeMax { get; init; } = TimeSpan.FromDays(30);

    /// <summary>For so many hops to the thread pool a stack is kept, to name the culprit should one escape.</summary>
    public long HopStacksMax { get; init; } = 1_000;
}
