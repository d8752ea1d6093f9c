namespace Discovery.Driver;

/// <summary>Runs one piece of work, one turn at a time, on the thread of whoever asks; who asks meanwhile has it run once more.</summary>
/// <remarks>
/// So nobody is woken to do what the asker can do at once. An asker that lives on another scheduler, or under a synchronization context,
/// does not take the turn itself: what the work starts would come back there.
/// </remarks>
internal sealed class Turns(NodeRuntime runtime, Action turn)
{
    // An asker does no more than this for others, who may ask faster than it can work.
    private const int InARow = 8;

    private int _asked;

    /// <summary>Has a turn run that sees all that came before this call.</summary>
    public void Ask()
    {
        if (Interlocked.Increment(ref _asked) > 1)
        {
            return;
        }

        if (TaskScheduler.Current == runtime.Scheduler && SynchronizationContext.Current is null)
        {
            RunWithoutContext();
        }
        else
        {
            RunElsewhere();
        }
    }

    // What the asker's context carries ends with the asker's call, while what the work starts may go on for long.
    private void RunWithoutContext()
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            Run();
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            Run();
        }
    }

    private void RunElsewhere() => _ = runtime.Start(() =>
    {
        Run();
        return Task.CompletedTask;
    });

    private void Run()
    {
        for (int i = 0; i < InARow; i++)
        {
            int asked = Volatile.Read(ref _asked);
            turn();
            if (Interlocked.Add(ref _asked, -asked) == 0)
            {
                return;
            }
        }

        RunElsewhere();
    }
}
