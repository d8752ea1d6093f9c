using Discovery.Storage;

namespace Discovery.Raft.Storage;

public sealed class DiskThreadTests
{
    [Fact]
    public async Task RunAsync_OnTheThreadItself_RunsAtOnce()
    {
        using var thread = new DiskThread("test");
        bool wasDone = await thread.RunAsync(() =>
        {
            Task<int> inner = thread.RunAsync(static () => Task.FromResult(Environment.CurrentManagedThreadId));
            return Task.FromResult(inner.IsCompleted && inner.Result == Environment.CurrentManagedThreadId);
        });
        Assert.True(wasDone);
    }

    [Fact]
    public async Task RunAsync_WorkThatThrows_TellsItsCallerAndGoesOn()
    {
        using var thread = new DiskThread("test");
        await Assert.ThrowsAsync<IOException>(() => thread.RunAsync<int>(static () => throw new IOException("no")));
        Assert.Equal(1, await thread.RunAsync(static () => Task.FromResult(1)));
    }

    [Fact]
    public async Task Dispose_WithWorkWaiting_DoesItFirstAndTakesNoMore()
    {
        var thread = new DiskThread("test");
        using var go = new ManualResetEventSlim();
        Task<int> first = thread.RunAsync(() =>
        {
            go.Wait();
            return Task.FromResult(1);
        });
        Task<int> second = thread.RunAsync(static () => Task.FromResult(2));
        thread.Dispose();
        Assert.False(thread.TryPost(static () => Assert.Fail("done after the end")));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => thread.RunAsync(static () => Task.FromResult(3)));
        go.Set();
        Assert.Equal((1, 2), (await first, await second));
    }

    [Fact]
    public void TryPost_FromManyThreadsWhileItEnds_DoesAllThatItTook()
    {
        const int Threads = 4;
        for (int round = 0; round < 200; round++)
        {
            var thread = new DiskThread("test");
            int taken = 0;
            int done = 0;
            Thread[] askers = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
            {
                while (thread.TryPost(() => Interlocked.Increment(ref done)))
                {
                    Interlocked.Increment(ref taken);
                }
            }))];
            Array.ForEach(askers, static asker => asker.Start());
            thread.Dispose();
            Array.ForEach(askers, static asker => asker.Join());
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref done) == taken, TimeSpan.FromSeconds(30)));
        }
    }
}
