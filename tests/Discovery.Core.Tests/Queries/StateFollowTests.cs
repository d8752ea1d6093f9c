using Discovery.Testing;

namespace Discovery.Core.Tests.Queries;

public sealed class StateFollowTests
{
    private readonly SimulationKernel _kernel = new(1);
    private readonly NodeLifetime _lifetime = new();

    [Fact]
    public void FollowAsync_FromNothing_BeginsAndTellsEachChangeOfTheTopicOnly() => Run(async (node, queries) =>
    {
        await node.PutAsync("a", "", 1);
        List<string> told = [];
        Task following = FollowAsync(node, queries, null, told, CancellationToken.None);
        await node.PutAsync("b", "", 7);
        await node.PutAsync("a", "", 2);
        await node.DeleteAsync("a");
        await Idle();
        Assert.Equal(["begin 3: 1", "5: 1 -> 2", "6: 2 -> "], told);
        Assert.False(following.IsCompleted);
        _lifetime.Stop();
        await following;
        Assert.Equal(0, node.Machine.Watches.Count);
    });

    [Fact]
    public void FollowAsync_FromAPosition_ResumesWithoutABegin() => Run(async (node, queries) =>
    {
        await node.PutAsync("a", "", 1);
        StatePosition seen = node.State.Position;
        await node.PutAsync("a", "", 2);
        List<string> told = [];
        Task following = FollowAsync(node, queries, seen, told, CancellationToken.None);
        await node.PutAsync("a", "", 3);
        await Idle();
        Assert.Equal(["4: 1 -> 2", "5: 2 -> 3"], told);
        _lifetime.Stop();
        await following;
    });

    [Fact]
    public void FollowAsync_PositionAheadOfThisNode_WaitsForWhatComesAfterIt() => Run(async (node, queries) =>
    {
        await node.PutAsync("a", "", 1);
        List<string> told = [];
        StatePosition ahead = new(node.State.Lineage, node.State.Index + 1);
        Task following = FollowAsync(node, queries, ahead, told, CancellationToken.None);
        await node.PutAsync("a", "", 2);
        await Idle();
        await node.PutAsync("a", "", 3);
        await Idle();
        Assert.Equal(["5: 2 -> 3"], told);
        _lifetime.Stop();
        await following;
    });

    [Fact]
    public void FollowAsync_Restore_BeginsAgain() => Run(async (node, queries) =>
    {
        await node.PutAsync("a", "", 1);
        using MemoryStream stream = new();
        node.Machine.WriteSnapshot(stream);
        stream.Position = 0;
        List<string> told = [];
        Task following = FollowAsync(node, queries, null, told, CancellationToken.None);
        await node.PutAsync("a", "", 2);
        await Idle();
        ProposalResult restored = await node.Log.RestoreAsync(stream, new Guid(5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        await Idle();
        Assert.Equal(["begin 3: 1", "4: 1 -> 2", $"begin {restored.Command.Index}: 1"], told);
        _lifetime.Stop();
        await following;
    });

    [Fact]
    public void FollowAsync_CallerGivesUp_ThrowsAndLeavesNothingBehind() => Run(async (node, queries) =>
    {
        using CancellationTokenSource stop = new();
        Task following = FollowAsync(node, queries, null, [], stop.Token);
        await Idle();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        Assert.Equal(0, node.Machine.Watches.Count);
    });

    private static async Task FollowAsync(
        LedgerNode node, StateQueries queries, StatePosition? after, List<string> told, CancellationToken stop)
    {
        await foreach (StateUpdate update in queries.FollowAsync(node.Ledger.ItemTopic("a"), after, stop))
        {
            if (update.Changes is not { } set)
            {
                told.Add($"begin {update.Position.Index}: {update.Snapshot.Get(node.Ledger.Items, LedgerModule.Key("a"))?.Value}");
                continue;
            }

            foreach (StateChange change in set.Changes)
            {
                Assert.True(change.Is(node.Ledger.Items, out StateRowChange<LedgerItem> row));
                told.Add($"{update.Position.Index}: {row.Old?.Value} -> {row.New?.Value}");
            }
        }
    }

    private void Run(Func<LedgerNode, StateQueries, Task> body) => _kernel.Run(async () =>
    {
        await using LedgerNode node = new(_kernel);
        await body(node, new StateQueries(node.Log, node.Runtime, new QueryMetrics(new TestMeterFactory()), _lifetime));
    });

    private Task Idle() => _kernel.AdvanceAsync(TimeSpan.FromMilliseconds(10));
}
