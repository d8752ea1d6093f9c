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
        var scheduler = new ProcessScheduler(node.Kernel.Scheduler);
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

    [Theory]
    [InlineData("put")]
    [InlineData("transaction")]
    [InlineData("fence of another lock")]
    [InlineData("semaphore")]
    public void Unlock_ByWhoOnlyKnowsTheSession_IsNotGrantedBeforeThePausedHolderKnows(string attack) => Run(async node =>
    {
        var scheduler = new ProcessScheduler(node.Kernel.Scheduler);
        var paused = new NodeRuntime(node.Kernel.Time, scheduler, 7);
        ILockHandle? held = null;
        _ = paused.Start(async () => held = await AcquireAsync(node.CreateLocks(paused, "p1")));
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Task<ILockHandle> next = AcquireAsync(node.Locks).AsTask();
        await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(100));
        scheduler.Pause();
        await using ILockHandle other = await node.Locks.CreateLock("other", Options).AcquireAsync();
        KeyValueEntry entry = node.Store.Get(held!.Fence.Key)!;
        var unlock = new KeyValueOperation(KeyValueVerb.Unlock, entry.Key) { Session = entry.Session, Flags = entry.Flags };
        var release = new KeyValuePut { Release = entry.Session, Flags = entry.Flags };
        bool isApplied = attack switch
        {
            "transaction" => (await node.Store.TransactAsync([unlock])).IsApplied,
            "fence of another lock" => (await node.Store.TransactAsync([new FenceOperation(other.Fence), unlock])).IsApplied,
            _ => (await node.Store.PutAsync(entry.Key, default, release)).IsApplied,
        };

        Assert.True(isApplied);
        Assert.False(node.Store.Get(entry.Key)!.IsHeld);
        for (int i = 0; i < 110; i++)
        {
            await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(100));
            Assert.False(held.IsHeld && next.IsCompletedSuccessfully, $"two hold it after {i} steps");
        }

        Assert.True(next.IsCompletedSuccessfully);
        scheduler.Resume();
        await (await next).DisposeAsync();
        await held.DisposeAsync();

        ValueTask<ILockHandle> AcquireAsync(IDistributedLocks locks) => attack == "semaphore"
            ? locks.CreateSemaphore("jobs", 1, Options).AcquireAsync()
            : locks.CreateLock("jobs", Options).AcquireAsync();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unlock_WithTheFence_HandsOverAtOnce(bool isLockedAgain) => Run(async node =>
    {
        ILockHandle held = await node.Locks.CreateLock("jobs", Options).AcquireAsync();
        SessionEntry own = await node.Sessions.CreateAsync(new SessionCreation { Lease = Lease });
        KeyValueEntry entry = node.Store.Get(held.Fence.Key)!;
        List<TransactionOperation> steps =
        [
            new FenceOperation(held.Fence),
            new KeyValueOperation(KeyValueVerb.Unlock, entry.Key) { Session = entry.Session, Flags = entry.Flags },
        ];
        if (isLockedAgain)
        {
            // Who locks it in the command may also unlock it there.
            steps.Add(new KeyValueOperation(KeyValueVerb.Lock, entry.Key) { Session = own.Id, Flags = entry.Flags });
            steps.Add(new KeyValueOperation(KeyValueVerb.Unlock, entry.Key) { Session = own.Id, Flags = entry.Flags });
        }

        Assert.True((await node.Store.TransactAsync(steps)).IsApplied);
        ILockHandle? next = await node.Locks.CreateLock("jobs", Options).TryAcquireAsync();
        Assert.NotNull(next);
        await node.Kernel.AdvanceAsync(TimeSpan.Zero);
        Assert.True(held.LostToken.IsCancellationRequested);
        await next.DisposeAsync();
        await held.DisposeAsync();
    });

    [Fact]
    public void Unlock_OfAnUnguardedSession_HandsOverAtOnce() => Run(async node =>
    {
        SessionEntry session = await node.Sessions.CreateAsync(new SessionCreation { Lease = Lease, IsGuarded = false });
        await node.Store.PutAsync("k", default, new KeyValuePut { Acquire = session.Id });
        Assert.True((await node.Store.PutAsync("k", default, new KeyValuePut { Release = session.Id })).IsApplied);
        SessionEntry next = await node.Sessions.CreateAsync(new SessionCreation { Lease = Lease, IsGuarded = false });
        Assert.True((await node.Store.PutAsync("k", default, new KeyValuePut { Acquire = next.Id })).IsApplied);
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
