using Discovery.KeyValue;

namespace Discovery.Simulation;

/// <summary>Acquires the lock with the real client, holds it, writes what it guards, and releases it.</summary>
internal sealed class LockUser(FullWorld world, NodeLife life)
{
    private const string Lock = "job";
    private const string LockKey = "job/.lock";
    private static readonly LockOptions s_options = new() { Lease = TimeSpan.FromSeconds(3) };

    private readonly Randomness _random = world.Random.Fork();

    public async Task RunAsync()
    {
        await RegisterAsync();
        IDistributedLock job = life.Locks.CreateLock(Lock, s_options);
        while (!world.IsEnding)
        {
            ILockHandle? handle = null;
            try
            {
                handle = await job.TryAcquireAsync(_random.Milliseconds(0, 15_000));
            }
            catch (DiscoveryException)
            {
                await Task.Delay(_random.Milliseconds(0, 500), life.Clock);
            }

            if (handle is not null)
            {
                await HoldAsync(handle);
                await handle.DisposeAsync();
            }

            await Task.Delay(_random.Milliseconds(0, 3000), life.Clock);
            if (!world.IsHealed && _random.Chance(0.05))
            {
                await TakeAsync();
            }
        }
    }

    // A session belongs to a node of the catalog.
    private async Task RegisterAsync()
    {
        var node = new CatalogNode { Name = life.Node.Name, Address = "10.0.0.1", Datacenter = "dc1" };
        while (true)
        {
            try
            {
                await life.Store.TransactAsync([new NodeOperation(CatalogVerb.Set, node)]);
                return;
            }
            catch (DiscoveryException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), life.Clock);
            }
        }
    }

    private async Task HoldAsync(ILockHandle handle)
    {
        if (!handle.IsHeld)
        {
            return;
        }

        LockExclusion.Tenure tenure = world.Exclusion.Begin(life, handle.Fence);
        await using CancellationTokenRegistration noted = handle.LostToken.Register(() =>
        {
            world.Coverage.Count("locks lost");
            tenure.End();
        });
        TimeSpan until = world.Now + _random.Milliseconds(0, 8000);
        while (handle.IsHeld && world.Now < until && !world.IsEnding)
        {
            await WriteAsync(handle.Fence);
            await Task.Delay(_random.Milliseconds(0, 1000), life.Clock);
        }

        // Also a write that was long under way, or comes from one who did not notice.
        tenure.End();
        await WriteAsync(handle.Fence);
    }

    private async Task WriteAsync(LockFence fence)
    {
        try
        {
            KeyValueResult result = await life.Store.PutAsync(
                "guarded", BitConverter.GetBytes(fence.AcquireIndex), new KeyValuePut { Fence = fence });
            if (result.IsApplied)
            {
                // In the order of the log, which is that of the resource's decisions.
                world.Exclusion.OnWritten(fence, result.Index);
            }
            else
            {
                world.Coverage.Count("writes with old fences refused");
            }
        }
        catch (DiscoveryException)
        {
            // Its outcome is unknown: the resource may have taken it, and nobody counts on that.
        }
    }

    /// <summary>Takes the lock away as somebody who is not the holder: he knows the key, and the session that has it.</summary>
    public async Task TakeAsync()
    {
        try
        {
            world.Coverage.Count("locks taken away");
            world.Trace.Line($"{life.Node.Name} takes the lock away");
            if (_random.Chance(0.5) && life.Store.Get(LockKey) is { IsHeld: true } entry)
            {
                await life.Store.PutAsync(LockKey, default, new KeyValuePut { Release = entry.Session, Flags = entry.Flags });
            }
            else
            {
                await life.Store.DeleteAsync(LockKey);
            }

            world.Trace.Line($"{life.Node.Name} has taken the lock away");
        }
        catch (DiscoveryException)
        {
            // Perhaps it was.
        }
    }
}
