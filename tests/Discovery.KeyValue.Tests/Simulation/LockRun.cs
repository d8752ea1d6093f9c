using Discovery.Testing;

namespace Discovery.KeyValue;

using CheckResult = Discovery.Testing.CheckResult;

/// <summary>What is to go wrong in a run beyond its storm: a bug that the checker must see.</summary>
internal enum PlantedBug
{
    None,

    /// <summary>The leader counts leases half as long as their holders.</summary>
    GrantedBeforeLost,

    /// <summary>Who does not lead acknowledges renewals all the same.</summary>
    RenewedByDeposedLeader,

    /// <summary>What the network doubles is applied twice.</summary>
    DuplicateAppliedTwice,

    /// <summary>The store does not look at fences.</summary>
    FenceIgnored,
}

/// <summary>One seeded run: processes that acquire, hold, write, pause and release one lock in a storm.</summary>
internal sealed class LockRun(int seed, PlantedBug bug = PlantedBug.None)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(90);
    private const int Processes = 4;

    private readonly SimulationKernel _kernel = new(seed);
    private readonly List<Holding> _holdings = [];
    private readonly List<FencedWrite> _writes = [];
    private readonly List<Guid> _ended = [];

    public int LostByHolder { get; private set; }

    public int EndedByLeader { get; private set; }

    public int Tenures => _holdings.Count;

    public CheckResult Run()
    {
        _kernel.Run(async () =>
        {
            await using var node = new KeyValueNode(_kernel);
            await node.AddNodeAsync("n1");
            node.State.AddObserver(new SessionCounter(node, this));
            Random random = _kernel.CreateRandom();
            var processes = new List<Task>();
            using var over = new CancellationTokenSource(Length, _kernel.Time);
            for (int i = 0; i < Processes; i++)
            {
                processes.Add(StartProcess(node, i, random, over.Token));
            }

            await StormAsync(node, random, over.Token);
            node.Faulty.Faults = FaultyCommandLogOptions.None;
            await _kernel.AdvanceAsync(TimeSpan.FromMinutes(2));
            await Task.WhenAll(processes);
            Assert.Equal(0, node.State.Current.Count(node.Module.Sessions.Sessions));
            Assert.Equal(0, node.State.Current.Count(node.Module.Locks.Waiters));
            Assert.Equal(0, node.State.Current.Count(node.Module.Locks.Delays));
        });
        return ExclusionChecker.Check(_holdings, _writes);
    }

    private async Task StormAsync(KeyValueNode node, Random random, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            node.Faulty.Faults = random.Next(3) switch
            {
                0 => FaultyCommandLogOptions.Stormy,
                1 => FaultyCommandLogOptions.None with { Duplicated = 0.3, Late = 0.3, BarrierRefused = random.Next(2) },
                _ => FaultyCommandLogOptions.None,
            };
            if (random.Next(3) == 0)
            {
                node.Faulty.LoseLeadership();
            }

            if (random.Next(8) == 0)
            {
                await TakeAsync(node, random).AsTask().ContinueWith(static _ => { }, TaskScheduler.Current);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(4000)), _kernel.Time);
        }
    }

    // Somebody who is not the holder: he knows the key, and the session that has it.
    private static ValueTask<KeyValueResult> TakeAsync(KeyValueNode node, Random random) =>
        random.Next(2) == 0 && node.Store.Get("job/.lock") is { IsHeld: true } entry
            ? node.Store.PutAsync("job/.lock", default, new KeyValuePut { Release = entry.Session, Flags = entry.Flags })
            : node.Store.DeleteAsync("job/.lock");

    private Task StartProcess(KeyValueNode node, int number, Random seeds, CancellationToken over)
    {
        var scheduler = new ProcessScheduler(_kernel.Scheduler);
        var runtime = new NodeRuntime(_kernel.Time, scheduler, seeds.Next());
        var random = new Random(seeds.Next());
        var faults = new BuggySessions(node, bug, random);
        IDistributedLocks locks = node.CreateLocks(runtime, $"p{number}", faults);
        IDistributedLock job = locks.CreateLock("job", new LockOptions { Lease = Lease });
        _ = _kernel.Start(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(8000)), _kernel.Time);
                scheduler.Pause();
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(6000)), _kernel.Time);
                scheduler.Resume();
            }

            scheduler.Resume();
        });
        return runtime.Start(() => ProcessAsync(node, job, $"p{number}", random, over));
    }

    private async Task ProcessAsync(KeyValueNode node, IDistributedLock job, string name, Random random, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            ILockHandle? handle;
            try
            {
                handle = await job.TryAcquireAsync(TimeSpan.FromMilliseconds(random.Next(20000)), over);
            }
            catch (Exception e) when (e is DiscoveryException or OperationCanceledException)
            {
                continue;
            }

            if (handle is { IsHeld: true })
            {
                await HoldAsync(node, handle, name, random);
            }

            if (handle is not null)
            {
                await handle.DisposeAsync();
            }
        }
    }

    private async Task HoldAsync(KeyValueNode node, ILockHandle handle, string name, Random random)
    {
        TimeSpan acquired = _kernel.Time.Elapsed;
        TimeSpan? lost = null;
        await using CancellationTokenRegistration noted = handle.LostToken.Register(() => lost = _kernel.Time.Elapsed);
        TimeSpan until = acquired + TimeSpan.FromMilliseconds(random.Next(9000));
        while (handle.IsHeld && _kernel.Time.Elapsed < until)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1500)), _kernel.Time);
            await WriteAsync(node, handle.Fence);
        }

        // Also a write that was long under way, or comes from one who did not notice.
        await WriteAsync(node, handle.Fence);
        bool wasHeld = handle.IsHeld;
        TimeSpan ended = lost ?? _kernel.Time.Elapsed;
        LostByHolder += wasHeld ? 0 : 1;
        _holdings.Add(new Holding(name, (long)handle.Fence.AcquireIndex, acquired, ended));
    }

    private async Task WriteAsync(KeyValueNode node, LockFence fence)
    {
        var put = new KeyValuePut { Fence = bug == PlantedBug.FenceIgnored ? null : fence };
        try
        {
            KeyValueResult result = await node.Store.PutAsync("guarded", BitConverter.GetBytes(fence.AcquireIndex), put);
            if (result.IsApplied)
            {
                // In the order of the log, which is that of the resource's decisions.
                _writes.Add(new FencedWrite((long)fence.AcquireIndex, TimeSpan.FromTicks((long)result.Index), Accepted: true));
            }
        }
        catch (DiscoveryException)
        {
            // Its outcome is unknown: the resource may have taken it, and no one counts on that.
        }
    }

    private sealed class SessionCounter(KeyValueNode node, LockRun run) : IStateObserver
    {
        public void OnApplied(StateSnapshot snapshot, IReadOnlyList<StateChangeSet> changes)
        {
            foreach (StateChangeSet set in changes)
            {
                foreach (StateChange change in set.Changes)
                {
                    if (change.Is(node.Module.Sessions.Sessions, out StateRowChange<SessionEntry> session) && session.New is null)
                    {
                        run._ended.Add(session.Row.Id);
                    }
                }
            }

            run.EndedByLeader = node.Leases.EndedCount;
        }

        public void OnReplaced(StateSnapshot snapshot)
        {
        }
    }
}
