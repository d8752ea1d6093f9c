using System.Text;
using Discovery;

var builder = WebApplication.CreateBuilder(args);
builder.Configuration.AddDiscoveryKeyValue("app/", options => options.Optional = true);
builder.Services.AddDiscovery().AddKeyValue().AddLeaderHostedService<Reporter>("reporter");

var app = builder.Build();
app.MapGet("/", async (IKeyValueStore store, IDistributedLocks locks, CancellationToken stop) =>
{
    // A value, and a swap that fails because somebody was faster.
    await store.PutAsync("app/Color", "red"u8.ToArray(), cancellationToken: stop);
    KeyValueEntry seen = store.Find("app/Color")!;
    await store.PutAsync("app/Color", "blue"u8.ToArray(), cancellationToken: stop);
    KeyValueResult swapped = await store.PutAsync(
        "app/Color", "green"u8.ToArray(), new KeyValuePut { CompareIndex = seen.ModifyIndex }, cancellationToken: stop);

    // All of it or nothing, under a lock that one of us has at a time: the fence fails once the lock is lost.
    await using ILockHandle held = await locks.CreateLock("move").AcquireAsync(stop);
    TransactionResult moved = await store.TransactAsync(
    [
        new FenceOperation(held.Fence),
        new KeyValueOperation(KeyValueVerb.Set, "done/7") { Value = "result"u8.ToArray() },
        new KeyValueOperation(KeyValueVerb.Delete, "jobs/7"),
    ], cancellationToken: stop);

    return $"{Encoding.UTF8.GetString(store.Find("app/Color")!.Value.Span)} {swapped.Refusal} {moved.IsApplied}";
});
app.MapGet("/changes", async (IKeyValueStore store, CancellationToken stop) =>
{
    // Everything there is first, then each write with the old and the new value, until the caller goes.
    await foreach (KeyValueChange change in store.WatchAsync("app/", cancellationToken: stop))
    {
        foreach (KeyValueDelta delta in change.Deltas)
        {
            Console.WriteLine($"{delta.Key}: {delta.Old?.Value.Length} -> {delta.New?.Value.Length} bytes");
        }
    }
});
app.Run();

/// <summary>Runs on one node at a time; should it be paused too long, its writes are refused.</summary>
internal sealed class Reporter(IKeyValueStore store) : ILeaderService
{
    public async Task ExecuteAsync(LeaderContext context, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await store.PutAsync(
                "reports/latest", "all is well"u8.ToArray(), new KeyValuePut { Fence = context.Fence }, cancellationToken: stoppingToken);
            await Task.Delay(TimeSpan.FromSeconds(10), stoppingToken);
        }
    }
}
