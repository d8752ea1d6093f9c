using System.Text;
using Discovery.Locks;
using Discovery.Testing;

namespace Discovery.KeyValue;

/// <summary>What others do to a lock's keys while it is held.</summary>
public sealed class ExclusionAttackTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private static readonly LockOptions Options = new() { Lease = Lease };

    [Fact]
    public void DelayedKey_StateRestored_IsNotGrantedBeforeThePausedHolderKnows() => Run(async node =>
    {
        byte[] before = node.Snapshot();
        var scheduler = new PausableScheduler(node.Kernel.Scheduler);
        var paused = new NodeRuntime(node.Kernel.Time, scheduler, 7);
        ILockHandle? held = null;
        _ = paused.Start(async () => held = await node.CreateLocks(paused, "p1").CreateLock("jobs", Options).AcquireAsync());
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.True(held!.IsHeld);
        scheduler.Pause();
        await node.Store.DeleteAsync("jobs/.lock");
        await node.RestoreAsync(before);
        await node.RestoreAsync(before);

        Assert.Null(await node.Locks.CreateLock("jobs", Options).TryAcquireAsync());
        Assert.True(held.IsHeld);
        Task<ILockHandle> next = node.Locks.CreateLock("jobs", Options).AcquireAsync().AsTask();
        while (!next.IsCompleted)
        {
            await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(100));
            Assert.False(held.IsHeld && next.IsCompleted && (await next).IsHeld);
        }

        scheduler.Resume();
        await (await next).DisposeAsync();
        await held.DisposeAsync();
    });

    [Theory]
    [InlineData("delete")]
    [InlineData("tree")]
    [InlineData("{}")]
    [InlineData("""{"Limit":2,"Holders":{}}""")]
    [InlineData("""{"Limit":2,"Holders":{"a":true,"a":true,"00000000-0000-0000-0000-000000000000":true}}""")]
    public void Semaphore_CoordinationKeyTaken_HoldersKnowBeforeOthersGetTheirPlaces(string attack) => Run(async node =>
    {
        IDistributedSemaphore pool = node.Locks.CreateSemaphore("pool", 2, Options);
        var held = new List<ILockHandle> { await pool.AcquireAsync(), await pool.AcquireAsync() };
        List<Task<ILockHandle>> next = [pool.AcquireAsync().AsTask(), pool.AcquireAsync().AsTask()];
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.All(next, static waiting => Assert.False(waiting.IsCompleted));
        if (attack == "delete")
        {
            await node.Store.DeleteAsync("pool/.lock");
        }
        else if (attack == "tree")
        {
            await node.Store.DeleteTreeAsync("pool/");
        }
        else
        {
            await node.Store.PutAsync(
                "pool/.lock", Encoding.UTF8.GetBytes(attack), new KeyValuePut { Flags = LockLayout.SemaphoreFlags });
        }

        if (attack == "{}")
        {
            Assert.All(next, static waiting => Assert.False(waiting.IsCompletedSuccessfully));
            await node.Store.DeleteAsync("pool/.lock");
        }

        Assert.True(CountHeld() <= 2, $"{CountHeld()} hold 2 places");
        for (int i = 0; i < 200; i++)
        {
            await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(100));
            Assert.True(CountHeld() <= 2, $"{CountHeld()} hold 2 places");
        }

        Assert.All(held, static handle => Assert.True(handle.LostToken.IsCancellationRequested));
        foreach (ILockHandle handle in held)
        {
            await handle.DisposeAsync();
        }

        foreach (Task<ILockHandle> waiting in next.Where(static waiting => waiting.IsCompletedSuccessfully))
        {
            await (await waiting).DisposeAsync();
        }

        int CountHeld() => held.Count(static handle => handle.IsHeld)
            + next.Count(static waiting => waiting.IsCompletedSuccessfully && waiting.Result.IsHeld);
    });

    [Fact]
    public void Semaphore_PlaceTaken_FenceIsStale() => Run(async node =>
    {
        await using ILockHandle held = await node.Locks.CreateSemaphore("pool", 1, Options).AcquireAsync();
        await node.Store.DeleteAsync("pool/.lock");
        KeyValueResult late = await node.Store.PutAsync("result", "1"u8.ToArray(), new KeyValuePut { Fence = held.Fence });
        Assert.Equal(TransactionRefusal.FenceStale, late.Refusal);
    });

    [Fact]
    public void Lock_KeyWithAnyBytes_IsGranted() => Run(async node =>
    {
        await using ILockHandle held = await node.Locks.CreateLock(new KeyValueKey([0, 0xFF, 0]), Options).AcquireAsync();
        Assert.True(held.IsHeld);
    });

    [Fact]
    public void LostToken_CallbackThrows_HarmsNothing() => Run(async node =>
    {
        ILockHandle held = await node.Locks.CreateLock("jobs", Options).AcquireAsync();
        held.LostToken.Register(static () => throw new InvalidOperationException("planted"));
        await node.Store.DeleteAsync("jobs/.lock");
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.True(held.LostToken.IsCancellationRequested);
        await held.DisposeAsync();
        Assert.Equal(0, node.State.Current.Count(node.Module.Sessions.Sessions));

        ILockHandle next = await node.Locks.CreateLock("other", Options).AcquireAsync();
        next.LostToken.Register(static () => throw new InvalidOperationException("planted"));
        node.Faulty.Faults = FaultyCommandLogOptions.None with { BarrierRefused = 1 };
        await node.Kernel.AdvanceAsync(Lease);
        node.Faulty.Faults = FaultyCommandLogOptions.None;
        Assert.True(next.LostToken.IsCancellationRequested);
        await next.DisposeAsync();
        await next.DisposeAsync();
    });

    [Fact]
    public void Acquire_NodeStopped_EndsWithAnError() => Run(async node =>
    {
        ILockHandle held = await node.Locks.CreateLock("jobs", Options).AcquireAsync();
        Task<ILockHandle> next = node.Locks.CreateLock("jobs", Options).AcquireAsync().AsTask();
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        await node.DisposeAsync();
        await node.Kernel.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.True(next.IsFaulted, next.Status.ToString());
        await held.DisposeAsync();
        await Assert.ThrowsAsync<DiscoveryException>(async () => await node.Locks.CreateLock("jobs", Options).AcquireAsync());
    });

    private static void Run(Func<KeyValueNode, Task> test)
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new KeyValueNode(kernel);
            await node.AddNodeAsync("n1");
            await test(node);
        });
    }
}
