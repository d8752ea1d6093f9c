namespace Discovery.Runtime;

public sealed class AsyncSignalTests
{
    [Fact]
    public void Wait_AfterSeveralSignals_TakesThemAsOne()
    {
        var signal = new AsyncSignal();
        signal.Set();
        signal.Set();

        Assert.True(signal.WaitAsync(CancellationToken.None).IsCompletedSuccessfully);
        Assert.False(signal.WaitAsync(CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task Wait_ThatIsCancelled_LeavesTheNextSignalToTheNextWait()
    {
        var signal = new AsyncSignal();
        using var first = new CancellationTokenSource();
        ValueTask cancelled = signal.WaitAsync(first.Token);
        await first.CancelAsync();

        OperationCanceledException e = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
        Assert.Equal(first.Token, e.CancellationToken);
        signal.Set();
        Assert.True(signal.WaitAsync(CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Cancel_OfAWaitThatIsOver_DoesNotEndTheNext()
    {
        var signal = new AsyncSignal();
        using var first = new CancellationTokenSource();
        ValueTask over = signal.WaitAsync(first.Token);
        signal.Set();
        await over;
        ValueTask next = signal.WaitAsync(CancellationToken.None);
        await first.CancelAsync();

        Assert.False(next.IsCompleted);
        signal.Set();
        await next;
    }

    [Fact]
    public void Set_OfASignalThatWakesInline_ReturnsAfterTheWaiterHasGoneOn()
    {
        var signal = new AsyncSignal(wakesInline: true);
        int thread = 0;
        ContinueOnce(signal, () => thread = Environment.CurrentManagedThreadId);
        signal.Set();

        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public async Task Wait_WhileManyThreadsSignal_MissesNone()
    {
        const int Threads = 4;
        const int Each = 20_000;
        var signal = new AsyncSignal();
        int done = 0;
        Thread[] setters = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                Interlocked.Increment(ref done);
                signal.Set();
            }
        }))];
        foreach (Thread setter in setters)
        {
            setter.Start();
        }

        // Ends only when the last signal, too, is followed by the end of a wait.
        using var ending = new CancellationTokenSource();
        while (Volatile.Read(ref done) < Threads * Each)
        {
            await signal.WaitAsync(ending.Token);
        }

        foreach (Thread setter in setters)
        {
            setter.Join();
        }

        Assert.Equal(Threads * Each, done);
    }

    private static async void ContinueOnce(AsyncSignal signal, Action then)
    {
        await signal.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        then();
    }
}
