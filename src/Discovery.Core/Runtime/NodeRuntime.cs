namespace Discovery;

/// <summary>The outside world as one node sees it: its clock, the scheduler its loops run on, and its source of randomness.</summary>
/// <remarks>
/// Production uses <see cref="TimeProvider.System"/> and the thread pool; the simulator injects fake time and a seeded single-threaded
/// scheduler, so that the same loops run in both. Code that a loop runs awaits without <c>ConfigureAwait(false)</c>: its continuations
/// must come back to <see cref="Scheduler"/>.
/// </remarks>
public sealed class NodeRuntime
{
    private readonly Lock _lock = new();
    private readonly Random _seeds;

    /// <summary>Creates a runtime.</summary>
    /// <param name="time">The clock and the timers.</param>
    /// <param name="scheduler">Where loops run.</param>
    /// <param name="seed">The seed that every random source of this node is derived from.</param>
    public NodeRuntime(TimeProvider time, TaskScheduler scheduler, int seed)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(scheduler);
        Time = time;
        Scheduler = scheduler;
        _seeds = new Random(seed);
    }

    /// <summary>The clock and the timers of this node.</summary>
    public TimeProvider Time { get; }

    /// <summary>The scheduler that this node's loops run on.</summary>
    public TaskScheduler Scheduler { get; }

    /// <summary>A runtime on the system's clock and thread pool, seeded by the system.</summary>
    /// <remarks>The seed spreads timers; no secret comes of it, and an idle node need not load a cryptographic library for it.</remarks>
    public static NodeRuntime CreateSystem() => new(TimeProvider.System, TaskScheduler.Default, Guid.NewGuid().GetHashCode());

    /// <summary>Creates a random source of its own for one component; the order of these calls decides the seeds.</summary>
    public Random CreateRandom()
    {
        lock (_lock)
        {
            return new Random(_seeds.Next());
        }
    }

    /// <summary>Starts <paramref name="body"/> on <see cref="Scheduler"/>; its continuations stay there.</summary>
    /// <param name="body">The work; what it throws ends up in the returned task only.</param>
    /// <returns>A task that ends when the body has ended.</returns>
    public Task Start(Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Scheduler).Unwrap();
    }
}
