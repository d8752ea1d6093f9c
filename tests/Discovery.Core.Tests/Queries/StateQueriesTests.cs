using Discovery.Testing;

namespace Discovery.Core.Tests.Queries;

public sealed class StateQueriesTests
{
    private readonly SimulationKernel _kernel = new(1);
    private readonly NodeLifetime _lifetime = new();
    private QueryMetrics _metrics = null!;
    private int _reads;

    [Fact]
    public void Query_WithoutIndex_AnswersAtOnceWithTheTopicsIndex() => Run(async (node, queries) =>
    {
        await node.PutAsync("a", "", 1);
        await node.PutAsync("b", "", 1);
        QueryReply<long?> reply = await queries.QueryAsync(ValueOf(node, "a"), EqualityComparer<long?>.Default, QueryOptions.Default);
        Assert.Equal((1L, 3UL, true), (reply.Body, reply.Index, reply.IsLeaderKnown));
    });

    [Fact]
    public void Query_NothingEverTouchedTheTopic_IndexIsOne() => Run(async (node, queries) =>
    {
        QueryReply<long?> reply = await queries.QueryAsync(ValueOf(node, "none"), EqualityComparer<long?>.Default, QueryOptions.Default);
        Assert.Equal((null, 1UL), (reply.Body, reply.Index));
    });

    [Fact]
    public void Query_Blocked_WakesForItsTopicOnly() => Run(async (node, queries) =>
    {
        await node.PutAsync("a", "", 1);
        Task<QueryReply<long?>> blocked = Block(queries, node, "a", 3);
        await Idle();
        int reads = _reads;
        for (int i = 0; i < 50; i++)
        {
            await node.PutAsync("b", "", i);
        }

        await Idle();
        Assert.False(blocked.IsCompleted);
        Assert.Equal(reads, _reads);
        ulong index = (await node.PutAsync("a", "", 2)).Index;
        QueryReply<long?> reply = await blocked;
        Assert.Equal((2L, index), (reply.Body, reply.Index));
        Assert.Equal(0, _metrics.SpuriousCount);
        Assert.Equal(0, _metrics.BlockedCount);
        Assert.Equal(0, node.Machine.Watches.Count);
    });

    [Fact]
    public void Query_WaitThatErrs_IsCountedAsSpurious() => Run(async (node, queries) =>
    {
        await node.PutAsync("a", "", 1);
        var comparer = new ErringComparer();
        Task<QueryReply<long?>> blocked = queries.QueryAsync(
            ValueOf(node, "a"), comparer, new QueryOptions { AfterIndex = 3 }).AsTask();
        await Idle();
        comparer.ErrsOnce = true;
        await node.RunAsync(new LedgerStep(LedgerAction.Touch, "a"));
        Assert.Equal(1, (await blocked).Body);
        Assert.Equal(1, _metrics.SpuriousCount);
    });

    [Fact]
    public void Query_ChangesThatDoNotShow_KeepItWaiting() => Run(async (node, queries) =>
    {
        await node.PutAsync("a", "", 1);
        Task<QueryReply<long?>> blocked = Block(queries, node, "a", 3);
        await Idle();
        await node.PutAsync("a", "red", 1);
        await node.RunAsync(new LedgerStep(LedgerAction.Touch, "a"));
        await Idle();
        Assert.False(blocked.IsCompleted);
        ulong index = (await node.PutAsync("a", "red", 2)).Index;
        Assert.Equal(index, (await blocked).Index);
    });

    [Fact]
    public void Query_Absence_IsWatchedLikePresence() => Run(async (node, queries) =>
    {
        await node.PutAsync("a", "", 1);
        Task<QueryReply<long?>> appears = Block(queries, node, "b", 1);
        Task<QueryReply<long?>> goes = Block(queries, node, "a", 3);
        await Idle();
        ulong deleted = (await node.DeleteAsync("a")).Index;
        QueryReply<long?> gone = await goes;
        Assert.Equal((null, deleted), (gone.Body, gone.Index));
        Assert.False(appears.IsCompleted);
        ulong added = (await node.PutAsync("b", "", 7)).Index;
        QueryReply<long?> there = await appears;
        Assert.Equal((7L, added), (there.Body, there.Index));
    });

    [Fact]
    public void Query_WaitRunsOut_ReturnsTheCurrentIndex() => Run(async (node, queries) =>
    {
        await node.PutAsync("a", "", 1);
        Task<QueryReply<long?>> blocked = Block(queries, node, "a", 3);
        await Idle();
        ulong index = (await node.PutAsync("a", "red", 1)).Index;
        QueryReply<long?> reply = await blocked;
        Assert.Equal((1L, index), (reply.Body, reply.Index));
        Assert.InRange(_kernel.Time.Elapsed, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5.1));
        Assert.Equal(0, _metrics.SpuriousCount);
    });

    [Fact]
    public void Query_Restore_ReleasesIt() => Run(async (node, queries) =>
    {
        await node.PutAsync("a", "", 1);
        Task<QueryReply<long?>> blocked = Block(queries, node, "a", 1_000_000);
        await Idle();
        using MemoryStream stream = new();
        node.Machine.WriteSnapshot(stream);
        stream.Position = 0;
        ProposalResult restored = await node.Log.RestoreAsync(stream, new Guid(5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        QueryReply<long?> reply = await blocked;
        Assert.Equal((1L, restored.Command.Index), (reply.Body, reply.Index));
    });

    [Fact]
    public void Query_NodeStops_ReleasesIt() => Run(async (node, queries) =>
    {
        await node.PutAsync("a", "", 1);
        Task<QueryReply<long?>> blocked = Block(queries, node, "a", 3);
        await Idle();
        _lifetime.Stop();
        Assert.Equal((1L, 3UL), ((await blocked).Body, (await blocked).Index));
    });

    [Fact]
    public void Query_CallerGivesUp_LeavesNothingBehind() => Run(async (node, queries) =>
    {
        using CancellationTokenSource cancel = new(TimeSpan.FromSeconds(3), _kernel.Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await queries.QueryAsync(
            ValueOf(node, "a"), EqualityComparer<long?>.Default, new QueryOptions { AfterIndex = 9 }, cancel.Token));
        Assert.Equal(TimeSpan.FromSeconds(3), _kernel.Time.Elapsed);
        Assert.Equal((0, 0), (node.Machine.Watches.Count, _metrics.BlockedCount));
    });

    [Fact]
    public void Query_BarrierRefused_ThrowsNoLeader() => Run(async (node, _) =>
    {
        FaultyCommandLog log = new(node.Log, node.Runtime, _kernel.CreateRandom(), new FaultyCommandLogOptions { BarrierRefused = 1 });
        StateQueries queries = new(log, node.Runtime, _metrics, _lifetime);
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(async () => await queries.QueryAsync(
            ValueOf(node, "a"), EqualityComparer<long?>.Default, QueryOptions.Default));
        Assert.Equal((DiscoveryError.NoLeader, "No cluster leader"), (e.Error, e.Message));
        QueryOptions stale = new() { Consistency = ReadConsistency.Stale };
        Assert.Equal(1UL, (await queries.QueryAsync(ValueOf(node, "a"), EqualityComparer<long?>.Default, stale)).Index);
    });

    [Fact]
    public void Query_ReapedTopic_DoesNotWakeWhoWaitsForItsReturn() => Run(async (node, queries) =>
    {
        await node.PutAsync("a", "", 1);
        ulong deleted = (await node.DeleteAsync("a")).Index;
        Task<QueryReply<long?>> blocked = Block(queries, node, "a", deleted);
        await Idle();
        int reads = _reads;
        await node.PutAsync("b", "", 1);
        byte[] body = Discovery.State.SystemCommands.EncodeReapTopics(deleted, 10);
        await node.Log.ProposeAsync(new CommandProposal(SystemCommand.ReapTopics, body, default, 0, CallContext.Local));
        await Idle();
        Assert.Equal(reads, _reads);
        Assert.False(blocked.IsCompleted);
        Assert.False(node.State.Topics.HasAbsentUpTo(ulong.MaxValue));
        Assert.Equal(deleted, node.State.IndexOf(node.Ledger.ItemTopic("a")));
        Assert.Equal(deleted, node.State.IndexOf(node.Ledger.ItemTopic("never there")));
        ulong again = (await node.PutAsync("a", "", 4)).Index;
        Assert.Equal((4L, again), ((await blocked).Body, (await blocked).Index));
    });

    private void Run(Func<LedgerNode, StateQueries, Task> body) => _kernel.Run(async () =>
    {
        await using LedgerNode node = new(_kernel);
        _metrics = new QueryMetrics(new TestMeterFactory());
        await body(node, new StateQueries(node.Log, node.Runtime, _metrics, _lifetime));
    });

    private Task Idle() => _kernel.AdvanceAsync(TimeSpan.FromMilliseconds(10));

    private Task<QueryReply<long?>> Block(StateQueries queries, LedgerNode node, string name, ulong after) => queries.QueryAsync(
        ValueOf(node, name), EqualityComparer<long?>.Default, new QueryOptions { AfterIndex = after }).AsTask();

    private StateRead<long?> ValueOf(LedgerNode node, string name) => (snapshot, topics) =>
    {
        _reads++;
        topics.Add(node.Ledger.ItemTopic(name));
        return snapshot.Get(node.Ledger.Items, LedgerModule.Key(name))?.Value;
    };

    private sealed class ErringComparer : IEqualityComparer<long?>
    {
        public bool ErrsOnce { get; set; }

        public bool Equals(long? x, long? y)
        {
            bool errs = ErrsOnce;
            ErrsOnce = false;
            return !errs && x == y;
        }

        public int GetHashCode(long? value) => value.GetHashCode();
    }
}
