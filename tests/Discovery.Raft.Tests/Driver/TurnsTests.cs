namespace Discovery.Driver;

public sealed class TurnsTests
{
    private static readonly NodeRuntime s_runtime = new(TimeProvider.System, TaskScheduler.Default, seed: 1);

    [Fact]
    public async Task Ask_OnTheRuntimesScheduler_HasTheTurnTakenBeforeItReturns()
    {
        int thread = 0;
        var turns = new Turns(s_runtime, () => thread = Environment.CurrentManagedThreadId);
        int asker = 0;
        await s_runtime.Start(() =>
        {
            asker = Environment.CurrentManagedThreadId;
            turns.Ask();
            Assert.Equal(asker, thread);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Ask_UnderASynchronizationContext_HasTheTurnTakenOnTheRuntimesScheduler()
    {
        var taken = new TaskCompletionSource<SynchronizationContext?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var turns = new Turns(s_runtime, () => taken.TrySetResult(SynchronizationContext.Current));
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        try
        {
            turns.Ask();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        Assert.Null(await taken.Task);
    }

    [Fact]
    public async Task Ask_InsideATurn_HasAnotherOneTaken()
    {
        int taken = 0;
        Turns turns = null!;
        turns = new Turns(s_runtime, () =>
        {
            if (++taken < 3)
            {
                turns.Ask();
                turns.Ask();
            }
        });
        await s_runtime.Start(() =>
        {
            turns.Ask();
            return Task.CompletedTask;
        });

        Assert.Equal(3, taken);
    }

    [Fact]
    public async Task Ask_WhenEveryTurnAsksForAnother_GoesOnElsewhere()
    {
        int taken = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Turns turns = null!;
        turns = new Turns(s_runtime, () =>
        {
            if (++taken < 100)
            {
                turns.Ask();
            }
            else
            {
                enough.SetResult();
            }
        });
        await s_runtime.Start(() =>
        {
            turns.Ask();
            return Task.CompletedTask;
        });
        await enough.Task;

        Assert.Equal(100, taken);
    }

    [Fact]
    public void Ask_FromManyThreads_TakesOneTurnAtATimeAndNoneTooFew()
    {
        const int Threads = 4;
        const int Each = 20_000;
        int asked = 0;
        int seen = 0;
        int inside = 0;
        int overlaps = 0;
        using var all = new ManualResetEventSlim();
        var turns = new Turns(s_runtime, () =>
        {
            overlaps += Interlocked.Increment(ref inside) > 1 ? 1 : 0;
            seen = Volatile.Read(ref asked);
            Interlocked.Decrement(ref inside);
            if (seen == Threads * Each)
            {
                all.Set();
            }
        });
        Thread[] askers = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                Interlocked.Increment(ref asked);
                turns.Ask();
            }
        }))];
        foreach (Thread asker in askers)
        {
            asker.Start();
        }

        foreach (Thread asker in askers)
        {
            asker.Join();
        }

        all.Wait();
        Assert.Equal((Threads * Each, 0), (seen, overlaps));
    }
}
