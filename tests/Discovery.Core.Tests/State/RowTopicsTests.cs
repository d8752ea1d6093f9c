using Discovery.State;
using Discovery.State.Trees;
using Discovery.Testing;

namespace Discovery.Core.Tests.State;

public sealed class RowTopicsTests
{
    private readonly List<StateChangeSet> _changes = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Apply_RandomCommands_RowTopicsReadLikeTopicsThatAreTouched(int seed)
    {
        Random random = new(seed);
        TwinTopicsModule twin = new();
        LedgerMachine node = Machine(twin);
        for (int i = 0; i < 2_000; i++)
        {
            switch (random.Next(20))
            {
                case 0:
                    byte[] reap = SystemCommands.EncodeReapTopics((ulong)random.Next((int)node.State.Index), int.MaxValue);
                    node.Apply(SystemCommand.ReapTopics, reap);
                    break;
                case 1:
                    StateSnapshot read = node.Machine.ReadSnapshot(new MemoryStream(node.Snapshot()));
                    Assert.Equal(node.State.ComputeHash(), read.ComputeHash());
                    node.Machine.Restore(read, node.State.Index + 1, Guid.NewGuid(), TimeSpan.Zero);
                    CheckKeys(node.State, twin);
                    CheckTopics(node.State, twin, random);
                    break;
                default:
                    TwinRow[] rows = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Row(random))];
                    node.Apply(twin.Run.Id, LedgerMachine.Body(twin.Run, rows));
                    break;
            }

            CheckTopics(node.State, twin, random);
        }

        int touched = 0;
        foreach (StateChangeSet set in _changes)
        {
            touched += set.Topics.Count;
            Assert.Equal(Touches(set, twin.Derived), Touches(set, twin.RowTopics));
        }

        Assert.True(touched > 2_000);
    }

    [Fact]
    public void Topics_OfRowsThatAreThere_AreNotKept()
    {
        TwinTopicsModule twin = new();
        LedgerMachine node = Machine(twin);
        Run(node, twin, new TwinRow([1], 1), new TwinRow([2], 1));
        Assert.Equal(0, node.State.Topics.Spaces[twin.RowTopics.Id].Count);
        Assert.Equal(2, node.State.Topics.Spaces[twin.Derived.Id].Count);
        Run(node, twin, new TwinRow([1], -1));
        Assert.Equal(1, node.State.Topics.Spaces[twin.RowTopics.Id].Count);
        Run(node, twin, new TwinRow([1], 2));
        Assert.Equal(0, node.State.Topics.Spaces[twin.RowTopics.Id].Count);
        Assert.False(node.State.Topics.HasAbsentUpTo(ulong.MaxValue));
    }

    [Fact]
    public void Touch_OfARowsTopic_IsAFailureOfTheModule()
    {
        TwinTopicsModule twin = new();
        LedgerMachine node = Machine(twin);
        Assert.Equal(CommandStatus.ModuleFailed, Run(node, twin, new TwinRow([1], 101)).Status);
    }

    [Fact]
    public void AddTopicSpace_OfAForeignTableOrTwice_IsRefused()
    {
        TwinTopicsModule twin = new();
        Machine(twin);
        StateModuleBuilder builder = new("other", 0);
        Assert.Throws<ArgumentException>(() => builder.AddTopicSpace("rows", twin.Rows));
        StateTable<TwinRow> own = builder.AddTable("own", static row => row.Key, twin.Rows.Codec);
        builder.AddTopicSpace("rows", own);
        Assert.Throws<ArgumentException>(() => builder.AddTopicSpace("again", own));
    }

    private LedgerMachine Machine(TwinTopicsModule twin)
    {
        LedgerMachine node = new(more: twin);
        node.Machine.AddObserver(new Recorder(_changes));
        return node;
    }

    private static CommandOutcome Run(LedgerMachine node, TwinTopicsModule twin, params TwinRow[] rows) =>
        node.Apply(twin.Run.Id, LedgerMachine.Body(twin.Run, rows));

    private static TwinRow Row(Random random)
    {
        byte[] key = [(byte)random.Next(4), (byte)random.Next(12)];
        return new TwinRow(random.Next(3) == 0 ? key[..1] : key, random.Next(200) == 0 ? 100 : random.Next(-5, 6));
    }

    private static List<(string, ulong)> Touches(StateChangeSet set, StateTopicSpace space) =>
        [.. set.Topics.Where(touch => touch.Space == space).Select(touch => (Convert.ToHexString(touch.Key.Span), touch.PreviousIndex))];

    private static void CheckTopics(StateSnapshot state, TwinTopicsModule twin, Random random)
    {
        byte[] key = Row(random).Key;
        Assert.Equal(state.IndexOf(StateTopic.ForKey(twin.Derived, key)), state.IndexOf(StateTopic.ForKey(twin.RowTopics, key)));
        Assert.Equal(
            state.IndexOf(StateTopic.ForPrefix(twin.Derived, key[..1])), state.IndexOf(StateTopic.ForPrefix(twin.RowTopics, key[..1])));
        CheckKeys(state, twin);
    }

    // The table has the array of the row, whether the row is new, replaced another, came back by an undo, or from a snapshot.
    private static void CheckKeys(StateSnapshot state, TwinTopicsModule twin)
    {
        foreach (TreeEntry<RowCell<TwinRow>> entry in ((TableRoot<TwinRow>)state.Tables[twin.Rows.Id]).Rows.Scan([]))
        {
            Assert.Same(entry.Value.Row.Key, entry.Key);
        }
    }

    private sealed class Recorder(List<StateChangeSet> into) : IStateObserver
    {
        public void OnApplied(StateSnapshot snapshot, IReadOnlyList<StateChangeSet> changes) => into.AddRange(changes);

        public void OnReplaced(StateSnapshot snapshot)
        {
        }
    }
}
