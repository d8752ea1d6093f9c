using Discovery.Testing;

namespace Discovery.Locks;

public sealed class DistributedLockTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private const string Asked = "2203 Warning Lock jobs/.lock could not be asked for and is tried again until it can: ";
    private const string NotThere = Asked + "Node \"n1\" is not in the catalog.";
    private const string NotReached = Asked + "The write may or may not have been applied: leadership was lost on the way.";
    private static readonly LockOptions Options = new() { Lease = Lease };

    [Fact]
    public void Release_SomebodyWaits_HandsOverInTheSameMoment() => Run(async node =>
    {
        IDistributedLock jobs = node.Locks.CreateLock("jobs", Options);
        ILockHandle first = await jobs.AcquireAsync();
        ValueTask<ILockHandle> second = jobs.AcquireAsync();
        await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(10));
        ValueTask<ILockHandle> third = jobs.AcquireAsync();
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(30));
        Assert.False(second.IsCompleted);
        TimeSpan before = node.Kernel.Time.Elapsed;

        await first.ReleaseAsync();
        ILockHandle handle = await second;

        Assert.Equal(before, node.Kernel.Time.Elapsed);
        Assert.False(first.IsHeld);
        Assert.False(first.LostToken.IsCancellationRequested);
        Assert.True(handle.IsHeld);
        Assert.True(handle.Fence.AcquireIndex > first.Fence.AcquireIndex);
        Assert.False(third.IsCompleted);
        await handle.DisposeAsync();
        await (await third).DisposeAsync();
        Assert.Null(node.Store.Get("jobs/.lock"));
    });

    [Fact]
    public void Acquire_NodeNotInTheCatalogYet_WaitsForIt()
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new KeyValueNode(kernel);
            ValueTask<ILockHandle> lockHandle = node.Locks.CreateLock("jobs", Options).AcquireAsync();
            await kernel.AdvanceAsync(TimeSpan.FromSeconds(30));
            Assert.False(lockHandle.IsCompleted);
            await node.AddNodeAsync("n1");
            await kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.True(lockHandle.IsCompletedSuccessfully);
            await (await lockHandle).DisposeAsync();
        });
    }

    [Fact]
    public void Acquire_FailsAgainAndAgain_IsToldOncePerReason()
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new KeyValueNode(kernel);
            var logger = new RecordingLogger<IDistributedLocks>();
            IDistributedLock jobs = node.CreateLocks(node.Runtime, "n1", logger: logger).CreateLock("jobs", Options);
            ValueTask<ILockHandle> waiting = jobs.AcquireAsync();
            await kernel.AdvanceAsync(TimeSpan.FromMinutes(1));
            await FailAsync(node, TimeSpan.FromMinutes(5));
            await kernel.AdvanceAsync(TimeSpan.FromMinutes(1));

            Assert.Equal([NotThere, NotReached], logger.Lines);

            await node.AddNodeAsync("n1");
            await kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
            ILockHandle held = await waiting;
            await held.ReleaseAsync();
            waiting = jobs.AcquireAsync();
            await (await waiting).ReleaseAsync();
            Assert.Equal(2, logger.Lines.Count);
        });
    }

    [Fact]
    public void Acquire_FailsAgainAfterItWasInTheQueue_IsToldAgain() => Run(async node =>
    {
        ILockHandle first = await node.Locks.CreateLock("jobs", Options with { Lease = TimeSpan.FromHours(1) }).AcquireAsync();
        var logger = new RecordingLogger<IDistributedLocks>();
        IDistributedLock jobs = node.CreateLocks(node.Runtime, "n1", logger: logger).CreateLock("jobs", Options);
        using var givesUp = new CancellationTokenSource();
        ValueTask<ILockHandle> waiting = jobs.AcquireAsync(givesUp.Token);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        await FailAsync(node, TimeSpan.FromMinutes(1));
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(5));
        await FailAsync(node, TimeSpan.FromMinutes(1));

        Assert.Equal([NotReached, NotReached], logger.Lines.Where(static line => line.StartsWith(Asked, StringComparison.Ordinal)));
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        await givesUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        await first.DisposeAsync();
    });

    [Fact]
    public void Acquire_ManyWait_ServesThemInTheirOrder() => Run(async node =>
    {
        IDistributedLock jobs = node.Locks.CreateLock("jobs", Options);
        ILockHandle held = await jobs.AcquireAsync();
        var waiting = new List<Task<ILockHandle>>();
        for (int i = 0; i < 10; i++)
        {
            waiting.Add(jobs.AcquireAsync().AsTask());
            await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(10));
        }

        for (int i = 0; i < 10; i++)
        {
            await held.ReleaseAsync();
            held = await waiting[i];
            await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(10));
            Assert.All(waiting.Skip(i + 1), static later => Assert.False(later.IsCompleted));
        }

        await held.ReleaseAsync();
    });

    [Fact]
    public void Lost_NoRenewalPossible_IsToldBeforeTheLeaseEnds() => Run(async node =>
    {
        ILockHandle held = await node.Locks.CreateLock("jobs", Options).AcquireAsync();
        ValueTask<ILockHandle> next = node.Locks.CreateLock("jobs", Options).AcquireAsync();
        node.Faulty.Faults = FaultyCommandLogOptions.None with { BarrierRefused = 1 };
        TimeSpan lost = default;
        held.LostToken.Register(() => lost = node.Kernel.Time.Elapsed);
        TimeSpan began = node.Kernel.Time.Elapsed;
        await node.Kernel.AdvanceAsync(Lease - TimeSpan.FromMilliseconds(1));
        Assert.False(next.IsCompleted);
        Assert.Equal(began + Lease - TimeSpan.FromSeconds(1), lost);
        node.Faulty.Faults = FaultyCommandLogOptions.None;
        await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(502));
        Assert.False(held.IsHeld);
        await held.DisposeAsync();
    });

    [Fact]
    public void Fence_LockLostMeanwhile_LateWriteIsRefused() => Run(async node =>
    {
        await using ILockHandle held = await node.Locks.CreateLock("jobs", Options).AcquireAsync();
        var fenced = new KeyValuePut { Fence = held.Fence };
        Assert.True((await node.Store.PutAsync("result", "1"u8.ToArray(), fenced)).IsApplied);
        await node.Store.DeleteAsync(held.Fence.Key);

        KeyValueResult late = await node.Store.PutAsync("result", "2"u8.ToArray(), fenced);

        Assert.Equal(TransactionRefusal.FenceStale, late.Refusal);
        Assert.Equal("1"u8.ToArray(), node.Store.Get("result")!.Value.ToArray());
        await node.Kernel.AdvanceAsync(TimeSpan.Zero);
        Assert.True(held.LostToken.IsCancellationRequested);
    });

    [Fact]
    public void Delete_ByOthers_KeyIsNotGrantedBeforeTheLeaseIsOver() => Run(async node =>
    {
        ILockHandle held = await node.Locks.CreateLock("jobs", Options).AcquireAsync();
        Task<ILockHandle> next = node.Locks.CreateLock("jobs", Options).AcquireAsync().AsTask();
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        await node.Store.DeleteAsync("jobs/.lock");
        await node.Kernel.AdvanceAsync(TimeSpan.Zero);
        Assert.True(held.LostToken.IsCancellationRequested);
        await node.Kernel.AdvanceAsync(Lease - TimeSpan.FromMilliseconds(1));
        Assert.False(next.IsCompleted);
        await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(500));
        Assert.True(next.IsCompletedSuccessfully);
        await held.DisposeAsync();
        await (await next).DisposeAsync();
    });

    [Fact]
    public void Restore_HandleOfTheOldState_IsLostAndItsFenceNeverComesBack() => Run(async node =>
    {
        byte[] before = node.Snapshot();
        ILockHandle held = await node.Locks.CreateLock("jobs", Options).AcquireAsync();
        await node.RestoreAsync(before);
        await node.Kernel.AdvanceAsync(TimeSpan.Zero);
        Assert.True(held.LostToken.IsCancellationRequested);
        ILockHandle next = await node.Locks.CreateLock("jobs", Options).AcquireAsync();
        Assert.NotEqual(held.Fence, next.Fence);
        Assert.NotEqual(held.Fence.Lineage, next.Fence.Lineage);
        await held.DisposeAsync();
        await next.DisposeAsync();
    });

    [Fact]
    public void TryAcquire_Held_AnswersAtOnceOrAfterTheTimeout() => Run(async node =>
    {
        await using ILockHandle held = await node.Locks.CreateLock("jobs", Options).AcquireAsync();
        Assert.Null(await node.Locks.CreateLock("jobs", Options).TryAcquireAsync());
        TimeSpan before = node.Kernel.Time.Elapsed;
        Assert.Null(await node.Locks.CreateLock("jobs", Options).TryAcquireAsync(TimeSpan.FromSeconds(3)));
        Assert.Equal(before + TimeSpan.FromSeconds(3), node.Kernel.Time.Elapsed);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(0, node.State.Current.Count(node.Module.Locks.Waiters));
        Assert.Equal(1, node.State.Current.Count(node.Module.Sessions.Sessions));
    });

    [Fact]
    public void Key_UsedForSomethingElse_IsToldAsConflict() => Run(async node =>
    {
        await node.Store.PutAsync("jobs/.lock", "mine"u8.ToArray());
        await Assert.ThrowsAsync<LockConflictException>(async () => await node.Locks.CreateLock("jobs").AcquireAsync());
        await using ILockHandle place = await node.Locks.CreateSemaphore("pool", 2, Options).AcquireAsync();
        await Assert.ThrowsAsync<LockConflictException>(async () => await node.Locks.CreateSemaphore("pool", 3).AcquireAsync());
        await Assert.ThrowsAsync<LockConflictException>(async () => await node.Locks.CreateLock("pool").AcquireAsync());
    });

    [Fact]
    public void Semaphore_Limit_HoldsAndHandsOver() => Run(async node =>
    {
        IDistributedSemaphore pool = node.Locks.CreateSemaphore("pool", 2, Options);
        ILockHandle a = await pool.AcquireAsync();
        ILockHandle b = await pool.AcquireAsync();
        Task<ILockHandle> c = pool.AcquireAsync().AsTask();
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(20));
        Assert.False(c.IsCompleted);
        Assert.Equal(LockLayout.SemaphoreFlags, node.Store.Get("pool/.lock")!.Flags);

        await a.ReleaseAsync();
        ILockHandle third = await c;
        Assert.True(third.IsHeld && b.IsHeld);
        await b.ReleaseAsync();
        await third.ReleaseAsync();
        Assert.Empty(node.Store.List("pool"));
    });

    [Fact]
    public void Election_Observed_TellsEachLeader() => Run(async node =>
    {
        ILeaderElection election = node.Locks.CreateElection("boss", Options with { Value = "me"u8.ToArray() });
        await using IAsyncEnumerator<KeyValueEntry?> observed = election.ObserveAsync().GetAsyncEnumerator();
        await observed.MoveNextAsync();
        Assert.Null(observed.Current);
        ILockHandle lead = await election.CampaignAsync();
        await observed.MoveNextAsync();
        Assert.Equal("me"u8.ToArray(), observed.Current!.Value.ToArray());
        await lead.DisposeAsync();
        await observed.MoveNextAsync();
        Assert.Null(observed.Current);
    });

    [Fact]
    public void TryAcquire_InfiniteTimeout_Waits() => Run(async node =>
    {
        IDistributedLock job = node.Locks.CreateLock("jobs", Options);
        ILockHandle held = await job.AcquireAsync();
        Task<ILockHandle?> waiting = job.TryAcquireAsync(Timeout.InfiniteTimeSpan).AsTask();
        await node.Kernel.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.False(waiting.IsCompleted);
        await held.ReleaseAsync();
        await (await waiting)!.DisposeAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await job.TryAcquireAsync(TimeSpan.FromSeconds(-2)));
    });

    [Fact]
    public void Waiter_KeyIsPutToOtherUseDuringADelay_IsToldAndOverwritesNothing() => Run(async node =>
    {
        ILockHandle held = await node.Locks.CreateLock("jobs", Options).AcquireAsync();
        Task<ILockHandle> waiting = node.Locks.CreateLock("jobs", Options).AcquireAsync().AsTask();
        await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(10));
        await node.Store.DeleteAsync("jobs/.lock");
        await node.Store.PutAsync("jobs/.lock", "mine"u8.ToArray(), new KeyValuePut { Flags = 7 });
        await node.Kernel.AdvanceAsync(Lease + TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<LockConflictException>(() => waiting);
        Assert.Equal("mine"u8.ToArray(), node.Store.Get("jobs/.lock")!.Value.ToArray());
        await held.DisposeAsync();
    });

    [Fact]
    public void Semaphore_OnTheKeyOfALockThatWasDeleted_WaitsForItsHolder() => Run(async node =>
    {
        ILockHandle held = await node.Locks.CreateLock("pool", Options).AcquireAsync();
        await node.Store.DeleteAsync("pool/.lock");
        Task<ILockHandle> place = node.Locks.CreateSemaphore("pool", 2, Options).AcquireAsync().AsTask();
        await node.Kernel.AdvanceAsync(Lease - TimeSpan.FromSeconds(1));
        Assert.False(place.IsCompleted);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1.5));
        Assert.True(place.IsCompletedSuccessfully);
        await held.DisposeAsync();
        await (await place).DisposeAsync();
    });

    [Fact]
    public void Acquire_KeyWithATimeToLive_LivesAsLongAsItIsHeld() => Run(async node =>
    {
        await node.Store.PutAsync("k", "v"u8.ToArray(), new KeyValuePut { TimeToLive = TimeSpan.FromSeconds(5) });
        SessionEntry session = await node.Sessions.CreateAsync(new SessionCreation());
        await node.Store.PutAsync("k", "v"u8.ToArray(), new KeyValuePut { Acquire = session.Id });
        await node.Kernel.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(session.Id, node.Store.Get("k")!.Session);
        Assert.Null(node.Store.Get("k")!.ExpiresAt);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Release_ManyWait_WakesNoneButTheNext(int places) => Run(async node =>
    {
        Func<ValueTask<ILockHandle>> acquire = places == 0
            ? () => node.Locks.CreateLock("jobs", Options).AcquireAsync()
            : () => node.Locks.CreateSemaphore("jobs", places, Options).AcquireAsync();
        ILockHandle held = await acquire();
        var waiting = new List<Task<ILockHandle>>();
        for (int i = 0; i < 50; i++)
        {
            waiting.Add(acquire().AsTask());
            await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        }

        foreach (Task<ILockHandle> next in waiting)
        {
            // The handle that is released, and the wait that ends.
            long before = node.Wakes;
            await held.ReleaseAsync();
            held = await next;
            Assert.InRange(node.Wakes - before, 1, 2);
        }

        await held.ReleaseAsync();
    });

    [Fact]
    public void Release_BeforeTheLoopOfTheHandleHasBegun_IsNotToldAsALoss()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var kernel = new SimulationKernel(seed);
            var logger = new RecordingLogger<DistributedLockTests>();
            kernel.Run(async () =>
            {
                await using var node = new KeyValueNode(kernel);
                await node.AddNodeAsync("n1");
                IDistributedLocks locks = node.CreateLocks(node.Runtime, "n1", logger: logger);
                await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
                {
                    ILockHandle held = await locks.CreateLock("jobs", Options).AcquireAsync();
                    await held.ReleaseAsync();
                    Assert.False(held.LostToken.IsCancellationRequested);
                }));
            });
            Assert.Empty(logger.Lines);
        }
    }

    // Nothing reaches the log for a while.
    private static async Task FailAsync(KeyValueNode node, TimeSpan howLong)
    {
        node.Faulty.Faults = FaultyCommandLogOptions.None with { LostUnapplied = 1, BarrierRefused = 1 };
        await node.Kernel.AdvanceAsync(howLong);
        node.Faulty.Faults = FaultyCommandLogOptions.None;
    }

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
