using Discovery.State.Watching;
using Discovery.Testing;

namespace Discovery.Core.Tests.State;

public sealed class SmokeTests
{
    private readonly SimulationKernel _kernel = new(1);

    [Fact]
    public void Execute_Puts_AreReadByKeyIndexCountAndReaction() => _kernel.Run(async () =>
    {
        await using LedgerNode node = new(_kernel);
        CommandResult<long> first = await node.PutAsync("a", "red", 3);
        CommandResult<long> second = await node.RunAsync(
            new LedgerStep(LedgerAction.Put, "b", "red", 4), new LedgerStep(LedgerAction.Put, "c", "blue", 5));

        Assert.Equal((3UL, 3L), (first.Index, first.Value));
        Assert.Equal((4UL, 9L), (second.Index, second.Value));
        StateSnapshot state = node.State;
        Assert.Equal(4UL, state.Index);
        Assert.Equal(LedgerNode.Lineage, state.Lineage);
        Assert.Equal(new LedgerItem("b", "red", 4), state.Get(node.Ledger.Items, LedgerModule.Key("b")));
        StateRows<LedgerItem> red = state.Scan(node.Ledger.ByGroup, LedgerModule.Key("red"));
        Assert.Equal(["a", "b"], red.ToList().Select(item => item.Name));
        Assert.Equal(["a", "b"], red.ToList().Select(item => item.Name));
        Assert.Equal(2, state.Count(node.Ledger.ByGroup, LedgerModule.Key("red")));
        Assert.Equal(3, state.Count(node.Ledger.Items));
        Assert.Equal(new LedgerGroup("red", 2, 7), state.Get(node.Ledger.Groups, LedgerModule.Key("red")));
        Assert.Equal(4UL, state.IndexOf(node.Ledger.GroupTopic("red")));
        Assert.Equal(3UL, state.IndexOf(node.Ledger.ItemTopic("a")));
    });

    [Fact]
    public void Execute_ModuleThrows_IsRolledBackWhole() => _kernel.Run(async () =>
    {
        await using LedgerNode node = new(_kernel);
        await node.PutAsync("a", "red", 3);
        StateSnapshot before = node.State;
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(() => node.RunAsync(
            new LedgerStep(LedgerAction.Put, "b", "red", 4),
            new LedgerStep(LedgerAction.Delete, "a"),
            new LedgerStep(LedgerAction.Throw, "")));
        Assert.Equal(DiscoveryError.InvalidRequest, e.Error);
        Assert.Equal(before.Index + 1, node.State.Index);
        Assert.Equal([new LedgerItem("a", "red", 3)], node.State.Scan(node.Ledger.Items).ToList());
        Assert.Equal([new LedgerItem("a", "red", 3)], node.State.Scan(node.Ledger.ByGroup).ToList());
        Assert.Equal([new LedgerGroup("red", 1, 3)], node.State.Scan(node.Ledger.Groups).ToList());
        Assert.Equal(before.IndexOf(node.Ledger.ItemTopic("b")), node.State.IndexOf(node.Ledger.ItemTopic("b")));
        Assert.Null(node.Machine.Fault);
    });

    [Fact]
    public void Watch_TopicOfInterestChanges_CompletesAndFeedResumes() => _kernel.Run(async () =>
    {
        await using LedgerNode node = new(_kernel);
        await node.PutAsync("a", "red", 1);
        StatePosition position = node.State.Position;
        using StateWatch watch = StateWatch.Open(node.Machine, [node.Ledger.ItemTopic("a")]);
        Task waiting = watch.WaitAsync(CancellationToken.None).AsTask();
        await node.PutAsync("b", "red", 2);
        await _kernel.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        await node.PutAsync("a", "red", 9);
        await waiting;

        List<StateChangeSet> changes = [];
        Assert.True(StateFeed.TryRead(node.Machine, node.Ledger.ItemTopic("a"), position, node.State, changes));
        StateChangeSet set = Assert.Single(changes);
        Assert.True(set.Changes[0].Is(node.Ledger.Items, out StateRowChange<LedgerItem> change));
        Assert.Equal((1L, 9L), (change.Old!.Value, change.New!.Value));
        changes.Clear();
        Assert.True(StateFeed.TryRead(node.Machine, StateTopic.ForTable(node.Ledger.Items), position, node.State, changes));
        Assert.Equal(2, changes.Count);
    });

    [Fact]
    public void Restore_OlderSnapshot_IsANewLineageAtAHigherIndex() => _kernel.Run(async () =>
    {
        await using LedgerNode node = new(_kernel);
        await node.PutAsync("a", "red", 1);
        using MemoryStream stream = new();
        StatePosition written = node.Machine.WriteSnapshot(stream);
        await node.PutAsync("a", "red", 2);
        StatePosition before = node.State.Position;
        Guid lineage = new("99999999-2222-3333-4444-555555555555");
        stream.Position = 0;
        ProposalResult result = await node.Log.RestoreAsync(stream, lineage);

        Assert.Equal(ProposalOutcome.Applied, result.Outcome);
        Assert.Equal(3UL, written.Index);
        Assert.Equal(new StatePosition(lineage, before.Index + 1), node.State.Position);
        Assert.Equal(1, node.State.Get(node.Ledger.Items, LedgerModule.Key("a"))!.Value);
        Assert.Equal(before.Index + 1, node.State.IndexOf(node.Ledger.ItemTopic("a")));
        Assert.False(StateFeed.TryRead(node.Machine, node.Ledger.ItemTopic("a"), before, node.State, []));
        Assert.Equal(before.Index + 2, (await node.PutAsync("a", "red", 5)).Index);
    });
}
