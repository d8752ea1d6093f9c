using CustomModule;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.DependencyInjection;

/// <summary>The module of the sample, in a node on virtual time.</summary>
public sealed class CustomModuleTests
{
    [Fact]
    public void AssignAsync_ThirdShardOfOneWorker_IsRefusedAndChangesNothing() => Run(async (node, shards) =>
    {
        await shards.AssignAsync("acme", "anna");
        await shards.AssignAsync("bolt", "anna");
        ulong before = node.Catalog.Snapshot.IndexOf(StateTopic.ForTable(node.Get<ShardModule>().Shards));

        ShardAnswer third = await shards.AssignAsync("core", "anna");
        ShardAnswer again = await shards.AssignAsync("acme", "anna");

        Assert.Equal(new ShardAnswer(ShardRefusal.WorkerFull, null), third);
        Assert.Null(shards.Find("core"));
        Assert.True(again.Shard!.Version > before);
        Assert.Equal(ShardRefusal.None, again.Refusal);
    });

    [Fact]
    public void AssignAsync_TwoSawTheSameVersion_TheSecondIsTold() => Run(async (_, shards) =>
    {
        ShardAnswer made = await shards.AssignAsync("acme", "anna", 0);
        ShardAnswer madeTwice = await shards.AssignAsync("acme", "berta", 0);
        ShardAnswer moved = await shards.AssignAsync("acme", "berta", made.Shard!.Version);
        ShardAnswer stale = await shards.AssignAsync("acme", "carl", made.Shard.Version);

        Assert.Equal(new ShardAnswer(ShardRefusal.VersionStale, made.Shard), madeTwice);
        Assert.Equal("berta", shards.Find("acme")!.Worker);
        Assert.Equal(new ShardAnswer(ShardRefusal.VersionStale, moved.Shard), stale);
    });

    [Fact]
    public void QueryAsync_OneWorker_IsReleasedByHisShardsOnly() => Run(async (_, shards) =>
    {
        ShardAnswer acme = await shards.AssignAsync("acme", "anna");
        QueryReply<string> first = await shards.QueryAsync("anna");
        Task<QueryReply<string>> waiting = shards.QueryAsync("anna", first.Index).AsTask();

        await shards.AssignAsync("bolt", "berta");
        bool isReleasedByAnother = waiting.IsCompleted;
        ShardAnswer left = await shards.AssignAsync("acme", "carl", acme.Shard!.Version);
        QueryReply<string> reply = await waiting;

        Assert.False(isReleasedByAnother);
        Assert.Equal(("acme", "", left.Shard!.Version), (first.Body, reply.Body, reply.Index));
    });

    [Fact]
    public void WatchAsync_Move_TellsTheShardBeforeAndAfter() => Run(async (_, shards) =>
    {
        Shard before = (await shards.AssignAsync("acme", "anna")).Shard!;
        using CancellationTokenSource stop = new();
        await using IAsyncEnumerator<StateRowChange<Shard>> watch = shards.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(new StateRowChange<Shard>(null, before), watch.Current);

        ValueTask<bool> next = watch.MoveNextAsync();
        Shard after = (await shards.AssignAsync("acme", "berta")).Shard!;

        Assert.True(await next);
        Assert.Equal(new StateRowChange<Shard>(before, after), watch.Current);
    });

    private static void Run(Func<TestNode, ShardMap, Task> body)
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new TestNode(kernel, static builder => builder.AddStateModule<ShardModule>());
            await node.StartAsync();
            await body(node, new ShardMap(
                node.Get<ShardModule>(), node.Get<CommandClient>(), node.Get<StateMachine>(), node.Get<StateQueries>()));
            await node.StopAsync();
        });
    }
}
