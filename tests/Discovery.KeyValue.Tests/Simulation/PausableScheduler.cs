namespace Discovery.KeyValue;

/// <summary>The scheduler of one process that can be paused, as by SIGSTOP: its continuations wait, its timers' callbacks do not.</summary>
internal sealed class PausableScheduler(TaskScheduler inner) : TaskScheduler
{
    private readonly Queue<Task> _held = new();

    public bool IsPaused { get; private set; }

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        while (_held.TryDequeue(out Task? task))
        {
            Pass(task);
        }
    }

    protected override void QueueTask(Task task)
    {
        if (IsPaused)
        {
            _held.Enqueue(task);
        }
        else
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
        if (IsPaused)
        {
            _held.Enqueue(task);
        }
        else
        {
            TryExecuteTask(task);
        }
    }
}
