namespace Discovery.Testing;

/// <summary>Runs tasks one at a time on the thread that pumps it, in an order that the seed decides.</summary>
/// <remarks>
/// Nothing is ever run inline: each continuation is a step of its own. A task that is queued from another thread while the
/// scheduler is being pumped came from outside of the simulation; <see cref="ForeignCall"/> is told.
/// </remarks>
public sealed class SeededScheduler : TaskScheduler
{
    private readonly Lock _lock = new();
    private readonly List<(long Number, object Work)> _runnable = [];
    private readonly Random _random;
    private readonly SchedulingOrder _order;
    private long _queued;
    private int _pumpThread;
    private Task? _direct;
    private bool _takeDirect;

    /// <summary>Creates a scheduler.</summary>
    /// <param name="seed">Decides every choice.</param>
    /// <param name="order">Seeded, or first in, first out.</param>
    public SeededScheduler(int seed, SchedulingOrder order = SchedulingOrder.Seeded)
    {
        Seed = seed;
        _order = order;
        _random = new Random(seed);
    }

    /// <summary>The seed that the scheduler was created with.</summary>
    public int Seed { get; }

    /// <summary>How many steps have run.</summary>
    public long Steps { get; private set; }

    /// <summary>A hash of every choice so far.</summary>
    public ulong ScheduleHash { get; private set; } = Fnv.Offset;

    /// <summary>How many tasks wait to run.</summary>
    public int Runnable
    {
        get
        {
            lock (_lock)
            {
                return _runnable.Count;
            }
        }
    }

    /// <inheritdoc />
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Whether the calling thread is pumping this scheduler right now.</summary>
    public bool IsPumpThread => Volatile.Read(ref _pumpThread) == Environment.CurrentManagedThreadId;

    internal bool IsPumped => Volatile.Read(ref _pumpThread) != 0;

    internal Action<string>? ForeignCall { get; set; }

    /// <summary>Told of every task and hop after it has run.</summary>
    internal Action<object>? Ran { get; set; }

    /// <summary>Makes the calling thread the one that runs tasks; refused while another does.</summary>
    internal void BeginPump()
    {
        if (Interlocked.CompareExchange(ref _pumpThread, Environment.CurrentManagedThreadId, 0) != 0)
        {
            throw new InvalidOperationException("The scheduler is being pumped already; inside a step, await instead of pumping.");
        }
    }

    internal void EndPump() => Volatile.Write(ref _pumpThread, 0);

    /// <summary>Runs the next task.</summary>
    /// <returns>False when none is runnable.</returns>
    internal bool TryStep()
    {
        (long Number, object Work) next;
        lock (_lock)
        {
            if (_runnable.Count == 0)
            {
                return false;
            }

            int index = _order == SchedulingOrder.Fifo ? 0 : _random.Next(_runnable.Count);
            next = _runnable[index];
            if (_order == SchedulingOrder.Fifo)
            {
                _runnable.RemoveAt(0);
            }
            else
            {
                _runnable[index] = _runnable[^1];
                _runnable.RemoveAt(_runnable.Count - 1);
            }
        }

        ScheduleHash = Fnv.Add(ScheduleHash, (ulong)next.Number);
        Execute(next.Work);
        return true;
    }

    /// <summary>Adds work that was on its way to the thread pool, oldest first.</summary>
    internal void AddHops(List<object> items)
    {
        lock (_lock)
        {
            foreach (object item in items)
            {
                _runnable.Add((++_queued, new Hop(item)));
            }
        }
    }

    /// <summary>Runs <paramref name="action"/> now, as a task of this scheduler; the caller pumps.</summary>
    internal void RunNow(Action action)
    {
        _takeDirect = true;
        Task task = new(action);
        task.Start(this);
        _takeDirect = false;
        Task direct = _direct!;
        _direct = null;
        Execute(direct);
        task.GetAwaiter().GetResult();
    }

    /// <inheritdoc />
    protected override void QueueTask(Task task)
    {
        if (IsPumped && !IsPumpThread)
        {
            ForeignCall?.Invoke("a task was queued");
        }

        lock (_lock)
        {
            if (_takeDirect && IsPumpThread)
            {
                _takeDirect = false;
                _direct = task;
                return;
            }

            _runnable.Add((++_queued, task));
        }
    }

    /// <inheritdoc />
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
    {
        if (taskWasPreviouslyQueued && IsPumpThread)
        {
            throw new InvalidOperationException("A step blocks on a task of its own scheduler, which can never run: await it instead.");
        }

        return false;
    }

    /// <inheritdoc />
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_lock)
        {
            return [.. _runnable.Select(static r => r.Work).OfType<Task>()];
        }
    }

    private void Execute(object work)
    {
        Steps++;
        if (work is Hop hop)
        {
            ThreadPoolCapture.Execute(hop.Item);
            Ran?.Invoke(hop.Item);
        }
        else
        {
            TryExecuteTask((Task)work);
            Ran?.Invoke(work);
        }
    }

    private sealed record Hop(object Item);
}
