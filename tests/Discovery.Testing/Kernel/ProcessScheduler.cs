namespace Discovery.Testing;

/// <summary>
/// The scheduler of one process. Paused, as by SIGSTOP, its continuations wait; killed, they never run. Timers are its clock's business.
/// </summary>
internal sealed class ProcessScheduler(TaskScheduler inner) : TaskScheduler
{
    private readonly Queue<Task> _held = new();

    public bool IsPaused { get; private set; }

    public bool IsDead { get; private set; }

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        while (_held.TryDequeue(out Task? task))
        {
            Pass(task);
        }
    }

    /// <summary>Nothing of the process runs any more, but for the step that is running.</summary>
    public void Kill()
    {
        IsDead = true;
        _held.Clear();
    }

    protected override void QueueTask(Task task)
    {
        if (IsPaused && !IsDead)
        {
            _held.Enqueue(task);
        }
        else if (!IsDead)
        {
            Pass(task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _held;

    private void Pass(Task task) => _ = Task.Factory.StartNew(
        () => Run(task), CancellationToken.None, TaskCreationOptions.DenyChildAttach, inner);

    // Paused between being passed on and being run: it waits again.
    private void Run(Task task)
    {
        if (IsPaused && !IsDead)
        {
            _held.Enqueue(task);
        }
        else if (!IsDead)
        {
            TryExecuteTask(task);
        }
    }
}
