using System.Globalization;
using Discovery.KeyValue;
using Discovery.Testing;

namespace Discovery.Locks;

/// <summary>What it costs, and what it takes, when those who wait for a place in a semaphore die.</summary>
public sealed class SemaphoreCrowdTests
{
    private const int Places = 2;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private static readonly LockOptions Options = new() { Lease = Lease, LockDelay = TimeSpan.FromSeconds(1) };

    [Theory]
    [InlineData("node")]
    [InlineData("session")]
    [InlineData("contender key")]
    public void Waiter_Dies_TakesNoPlace(string how) => Run(async node =>
    {
        IDistributedSemaphore pool = node.Locks.CreateSemaphore("pool", Places, Options);
        ILockHandle one = await pool.AcquireAsync();
        ILockHandle two = await pool.AcquireAsync();
        Guid waiter = Assert.Single(await CrowdAsync(node, 1));
        await (how switch
        {
            "node" => RemoveCrowdAsync(node),
            "session" => node.Sessions.DestroyAsync(waiter).AsTask(),
            _ => node.Store.DeleteAsync(LockLayout.ContenderKey("pool/.lock"u8, LockLayout.SessionText(waiter))).AsTask(),
        });
        await node.Sessions.DestroyAsync(waiter);

        Assert.Equal(0, node.State.Current.Count(node.Module.Locks.Delays));
        await one.ReleaseAsync();
        ILockHandle? next = await pool.TryAcquireAsync();
        Assert.NotNull(next);
        Assert.Null(await pool.TryAcquireAsync());
        await next.ReleaseAsync();
        await two.ReleaseAsync();
    });

    [Fact]
    public void Holder_Dies_KeepsHisPlaceForHisLease() => Run(async node =>
    {
        IDistributedSemaphore pool = node.Locks.CreateSemaphore("pool", Places, Options);
        Assert.Equal(Places, (await CrowdAsync(node, Places)).Count);
        await RemoveCrowdAsync(node);
        Task<ILockHandle>[] next = [pool.AcquireAsync().AsTask(), pool.AcquireAsync().AsTask()];
        await node.Kernel.AdvanceAsync(Lease - TimeSpan.FromMilliseconds(1));
        Assert.All(next, static waiting => Assert.False(waiting.IsCompleted));
        await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(501));
        Assert.All(next, static waiting => Assert.True(waiting.IsCompletedSuccessfully));
        foreach (Task<ILockHandle> granted in next)
        {
            await (await granted).ReleaseAsync();
        }
    });

    [Fact]
    public void Crowd_StateRestored_TakesNoMorePlacesThanThereAre() => Run(async node =>
    {
        byte[] before = node.Snapshot();
        IDistributedSemaphore pool = node.Locks.CreateSemaphore("pool", Places, Options);
        await CrowdAsync(node, Places + 5);
        await node.RestoreAsync(before);
        Assert.Equal(Places, node.State.Current.Count(node.Module.Locks.Delays));
        Assert.Null(await pool.TryAcquireAsync());
        await node.Kernel.AdvanceAsync(Lease + TimeSpan.FromMilliseconds(500));
        ILockHandle? next = await pool.TryAcquireAsync();
        Assert.NotNull(next);
        await next.ReleaseAsync();
    });

    [Fact]
    public void Crowd_Dies_CostsInProportionToItsSize()
    {
        double ratio = (double)BytesToEnd(2000) / BytesToEnd(500);
        Assert.True(ratio is > 3 and < 5, string.Create(CultureInfo.InvariantCulture, $"four times as many cost {ratio:F2} times as much"));
    }

    /// <summary>What the end of a crowd allocates on the apply loop: a count of its steps that no clock disturbs.</summary>
    private static long BytesToEnd(int count)
    {
        long bytes = 0;
        Run(async node =>
        {
            IDistributedSemaphore pool = node.Locks.CreateSemaphore("pool", Places, Options);
            ILockHandle one = await pool.AcquireAsync();
            ILockHandle two = await pool.AcquireAsync();
            await CrowdAsync(node, count);
            Task<ILockHandle> last = pool.AcquireAsync().AsTask();
            await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(10));
            long before = GC.GetAllocatedBytesForCurrentThread();
            await RemoveCrowdAsync(node);
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(1, node.State.Current.Count(node.Module.Locks.Waiters));
            Assert.Equal(3, node.State.Current.Count(node.Module.Sessions.Sessions));
            await one.ReleaseAsync();
            await (await last).ReleaseAsync();
            await two.ReleaseAsync();
        });
        return bytes;
    }

    /// <summary>Sessions of a node of their own, each of which asks for a place and waits for it if it must.</summary>
    private static async Task<List<Guid>> CrowdAsync(KeyValueNode node, int count)
    {
        await node.AddNodeAsync("crowd");
        var sessions = new List<Guid>();
        for (int i = 0; i < count; i++)
        {
            SessionEntry session = await node.Sessions.CreateAsync(
                new SessionCreation { Node = "crowd", Lease = Lease, LockDelay = Options.LockDelay, Behavior = SessionBehavior.Delete });
            var request = new LockRequest("pool/.lock"u8.ToArray(), session.Id, [], Places, IsQueued: true);
            await node.Client.ExecuteAsync(node.Module.RequestLock, request);
            sessions.Add(session.Id);
        }

        return sessions;
    }

    private static Task RemoveCrowdAsync(KeyValueNode node) => node.Store.TransactAsync(
        [new NodeOperation(CatalogVerb.Delete, new CatalogNode { Name = "crowd", Address = "", Datacenter = "dc1" })]).AsTask();

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
