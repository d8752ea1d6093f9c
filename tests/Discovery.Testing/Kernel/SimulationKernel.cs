using System.Globalization;
using System.Runtime.ExceptionServices;

namespace Discovery.Testing;

/// <summary>The one owner of time and of the scheduler in a test: nothing runs and no clock moves unless it says so.</summary>
/// <remarks>
/// Best used as <c>kernel.Run(async () => { ... })</c>: the whole test body is then a task of the scheduler, its awaits cost no real
/// time, and a body that can never end is told with what it waits for. An ordinary async test method can also start work with
/// <see cref="Start(Func{Task})"/> or a node's runtime and call <c>await kernel.AdvanceAsync(t)</c>, which pumps on its own thread.
/// </remarks>
public sealed class SimulationKernel
{
    private readonly KernelOptions _options;
    private readonly Random _seeds;
    private readonly PriorityQueue<TaskCompletionSource, (long Due, long Number)> _barriers = new();
    private readonly Transcript _transcript = new();
    private long _barrierNumber;
    private long _stepsAtPump;
    private long _fired;
    private readonly ThreadPoolCapture? _capture = ThreadPoolCapture.TryCreate();
    private readonly List<object> _hops = [];
    private readonly PendingWork _pending = new();
    private readonly Action _noteHop;
    private int _hopsSeen;
    private string? _hopStacks;
    private string? _escape;

    /// <summary>Creates a kernel.</summary>
    /// <param name="seed">Decides every choice of the run.</param>
    /// <param name="options">How it behaves.</param>
    public SimulationKernel(int seed = 1, KernelOptions? options = null)
    {
        _options = options ?? new KernelOptions();
        Seed = seed;
        _seeds = new Random(seed);
        _noteHop = NoteHop;
        Scheduler = new SeededScheduler(_seeds.Next(), _options.Order) { ForeignCall = NoteForeignCall, Ran = AfterStep };
        Time = new FakeTimeProvider { Invoker = Scheduler.RunNow, Touched = NoteTimerCall };
    }

    /// <summary>The seed of this run.</summary>
    public int Seed { get; }

    /// <summary>The clock of the run.</summary>
    public FakeTimeProvider Time { get; }

    /// <summary>The scheduler of the run.</summary>
    public SeededScheduler Scheduler { get; }

    /// <summary>How many times work left the kernel or another thread reached in.</summary>
    public int Escapes { get; private set; }

    /// <summary>How many continuations were on their way to the thread pool and were kept as steps of the kernel.</summary>
    public long Hops { get; private set; }

    /// <summary>A hash of everything recorded: the same for the same seed.</summary>
    public ulong TranscriptHash => _transcript.Hash;

    /// <summary>The last lines recorded, each with its virtual time.</summary>
    public IReadOnlyList<string> TranscriptLines => _transcript.Lines;

    /// <summary>Whether the calling code runs on the kernel.</summary>
    public bool IsOnKernel => Scheduler.IsPumpThread;

    /// <summary>Throws <see cref="KernelEscapeException"/> unless the calling code runs on the kernel.</summary>
    public void AssertOnKernel()
    {
        if (!IsOnKernel)
        {
            throw new KernelEscapeException(
                $"Seed {Seed}: this code runs on thread {Environment.CurrentManagedThreadId}, outside of the kernel.");
        }
    }

    /// <summary>A runtime for one node: the kernel's clock and scheduler, a seed drawn from the kernel's.</summary>
    public NodeRuntime CreateRuntime() => new(Time, Scheduler, _seeds.Next());

    /// <summary>A random source drawn from the kernel's seed; the order of calls decides.</summary>
    public Random CreateRandom() => new(_seeds.Next());

    /// <summary>The async bodies that were started on the scheduler and have not ended, each with the methods it waits in.</summary>
    public IReadOnlyList<string> Pending => _pending.Describe();

    /// <summary>Adds a line to the transcript, with the virtual time.</summary>
    public void Record(string line) => _transcript.Add(Time.Elapsed, line);

    /// <summary>Starts <paramref name="body"/> on the scheduler; it runs when the kernel is pumped.</summary>
    public Task Start(Func<Task> body) =>
        Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Scheduler).Unwrap();

    /// <summary>Starts <paramref name="body"/> on the scheduler; it runs when the kernel is pumped.</summary>
    public Task<T> Start<T>(Func<Task<T>> body) =>
        Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Scheduler).Unwrap();

    /// <summary>Runs steps until none is runnable; time stands still, except that timers already due fire.</summary>
    public void RunUntilIdle() => Pump(Drain);

    /// <summary>Moves time forward, firing each timer at its time and running what it wakes, until all is quiet at the target.</summary>
    /// <remarks>From outside this pumps on the calling thread and returns a finished task; inside, it is a barrier to await.</remarks>
    public Task AdvanceAsync(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan target = Time.Elapsed + by;
        if (IsOnKernel)
        {
            TaskCompletionSource barrier = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _barriers.Enqueue(barrier, (target.Ticks, ++_barrierNumber));
            return barrier.Task;
        }

        try
        {
            Pump(() => AdvanceTo(target));
            return Task.CompletedTask;
        }
        catch (Exception e)
        {
            return Task.FromException(e);
        }
    }

    /// <summary>Runs an async body on the scheduler, moving time to the next timer whenever all is quiet, until it ends.</summary>
    public void Run(Func<Task> body) => RunBody(Start(body));

    /// <summary>Runs an async body on the scheduler, moving time to the next timer whenever all is quiet, until it ends.</summary>
    public T Run<T>(Func<Task<T>> body)
    {
        Task<T> task = Start(body);
        RunBody(task);
        return task.Result;
    }

    private void RunBody(Task body)
    {
        TimeSpan limit = Time.Elapsed + _options.VirtualTimeMax;
        Pump(() =>
        {
            while (true)
            {
                if (!DrainUntil(body))
                {
                    return;
                }

                if (NextStop() is not { } next)
                {
                    throw new KernelDeadlockException(
                        $"Seed {Seed}: at {Time.Elapsed} nothing is runnable and no timer is armed, but the body has not ended. Pending:\n"
                        + string.Join('\n', Pending));
                }

                if (next > limit)
                {
                    throw new KernelRunawayException(
                        $"Seed {Seed}: the body has not ended after {_options.VirtualTimeMax} of virtual time.");
                }

                StopAt(next);
            }
        });
        if (body.IsFaulted)
        {
            ExceptionDispatchInfo.Throw(body.Exception!.InnerException!);
        }

        body.GetAwaiter().GetResult();
    }

    private void AdvanceTo(TimeSpan target)
    {
        Drain();
        while (NextStop() is { } next && next <= target)
        {
            StopAt(next);
            Drain();
        }

        Time.MoveTo(target);
    }

    private TimeSpan? NextStop()
    {
        TimeSpan? timer = Time.NextDue;
        return _barriers.TryPeek(out _, out (long Due, long Number) barrier) && (timer is null || barrier.Due < timer.Value.Ticks)
            ? new TimeSpan(barrier.Due)
            : timer;
    }

    /// <summary>Moves to <paramref name="at"/> and fires the timers that are due there; a barrier opens only when none is.</summary>
    private void StopAt(TimeSpan at)
    {
        Time.MoveTo(at);
        bool any = false;
        while (Time.FireNextDue())
        {
            any = true;
            _fired++;
            CheckStep();
        }

        if (!any && _barriers.TryDequeue(out TaskCompletionSource? barrier, out _))
        {
            barrier.SetResult();
        }
    }

    private void Drain()
    {
        while (Scheduler.TryStep())
        {
            CheckStep();
        }
    }

    private bool DrainUntil(Task body)
    {
        while (!body.IsCompleted)
        {
            if (!Scheduler.TryStep())
            {
                return true;
            }

            CheckStep();
        }

        return false;
    }

    private void CheckStep()
    {
        if (_escape is { } escape)
        {
            _escape = null;
            throw new KernelEscapeException($"Seed {Seed}, at {Time.Elapsed}: {escape}");
        }

        long steps = Scheduler.Steps + _fired - _stepsAtPump;
        if (steps > _options.StepsMax)
        {
            throw new KernelRunawayException(
                string.Create(
                    CultureInfo.InvariantCulture, $"Seed {Seed}: {steps} steps in one call, still at {Time.Elapsed}; a loop never rests."));
        }
    }

    private void Pump(Action work)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        Action? watcher = null;
        Scheduler.BeginPump();
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            _capture?.Begin();
            watcher = PoolQueueListener.Watch(_noteHop);
            _stepsAtPump = Scheduler.Steps + _fired;
            work();
        }
        finally
        {
            PoolQueueListener.Watch(watcher);
            _capture?.End();
            Scheduler.EndPump();
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void AfterStep(object ran)
    {
        _pending.Note(ran);
        if (_hopsSeen > 0)
        {
            TakeHops();
        }
    }

    private void NoteHop()
    {
        _hopsSeen++;
        if (Hops < _options.HopStacksMax)
        {
            _hopStacks = $"{_hopStacks}\n{Environment.StackTrace}";
        }
    }

    /// <summary>After a step: what it handed to the pool becomes steps; what went past the capture has escaped.</summary>
    private void TakeHops()
    {
        while (_capture?.TryTake() is { } item)
        {
            _hops.Add(item);
        }

        _hops.Reverse();
        Scheduler.AddHops(_hops);
        Hops += _hops.Count;
        if (_hopsSeen > _hops.Count)
        {
            _escape = null;
            NoteEscape(
                "work was queued to the thread pool past the kernel. Usual causes: Channel's ReadAllAsync (read with WaitToReadAsync and "
                + $"TryRead instead), ThreadPool.QueueUserWorkItem, or an await begun outside of kernel.Run or kernel.Start.{_hopStacks}");
        }

        _hopsSeen = 0;
        _hopStacks = null;
        _hops.Clear();
    }

    private void NoteTimerCall(string what)
    {
        if (Scheduler.IsPumped && !Scheduler.IsPumpThread)
        {
            NoteForeignCall($"a timer call ({what}) was made");
        }
    }

    private void NoteForeignCall(string what) =>
        NoteEscape($"{what} from thread {Environment.CurrentManagedThreadId} while the kernel ran.\n{Environment.StackTrace}");

    private void NoteEscape(string what)
    {
        Escapes++;
        if (_options.Escapes == EscapeHandling.Fail)
        {
            _escape ??= what;
        }
    }
}
