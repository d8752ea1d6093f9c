using Discovery.State;
using Discovery.State.Watching;
using Discovery.Testing;

namespace Discovery.Core.Tests.State.Watching;

public sealed class StateFeedTests
{
    private readonly LedgerMachine _machine = new(null, new StateMachineOptions { RingBytesMax = 10_000 });
    private readonly List<StateChangeSet> _changes = [];

    [Fact]
    public void TryRead_FromAnyPosition_GivesExactlyTheChangesAfterIt()
    {
        List<(ulong Index, string Name)> written = [];
        for (int i = 0; i < 12; i++)
        {
            string name = "n" + (i % 3);
            written.Add((_machine.Put(name, "", i).Index, name));
        }

        for (ulong after = 0; after <= _machine.State.Index; after++)
        {
            foreach (string name in (string[])["n0", "n1", "n2", "n9"])
            {
                Assert.True(Read(_machine.Ledger.ItemTopic(name), after));
                Assert.Equal(
                    written.Where(write => write.Name == name && write.Index > after).Select(write => write.Index),
                    _changes.Select(set => set.Index));
            }

            Assert.True(Read(StateTopic.ForPrefix(_machine.Ledger.ItemTopics, "n"u8.ToArray()), after));
            Assert.Equal(written.Where(write => write.Index > after).Select(write => write.Index), _changes.Select(set => set.Index));
        }
    }

    [Fact]
    public void TryRead_RingHasOverflowed_IsFalse()
    {
        StatePosition start = _machine.State.Position;
        Fill("busy");
        Assert.True(_machine.Machine.Ring.CoveredFrom > start.Index);
        Assert.False(Read(_machine.Ledger.ItemTopic("busy"), start.Index));
        Assert.False(Read(StateTopic.ForTable(_machine.Ledger.Items), start.Index));
        Assert.Empty(_changes);
        Assert.True(Read(_machine.Ledger.ItemTopic("busy"), _machine.Machine.Ring.CoveredFrom));
        Assert.NotEmpty(_changes);
        Assert.InRange(_machine.Machine.Ring.Bytes, 1, 10_000);
    }

    [Fact]
    public void TryRead_QuietTopicBeyondTheRingsEnd_IsExact()
    {
        _machine.Put("quiet", "", 1);
        StatePosition position = _machine.State.Position;
        Fill("busy");
        Assert.True(_machine.Machine.Ring.CoveredFrom > position.Index);
        Assert.True(Read(_machine.Ledger.ItemTopic("quiet"), position.Index));
        Assert.Empty(_changes);
        ulong index = _machine.Put("quiet", "", 2).Index;
        Assert.True(Read(_machine.Ledger.ItemTopic("quiet"), position.Index));
        Assert.Equal(index, Assert.Single(_changes).Index);
        Assert.False(Read(_machine.Ledger.ItemTopic("quiet"), position.Index - 1));
    }

    [Fact]
    public void TryRead_OtherLineage_IsFalse()
    {
        _machine.Put("a", "", 1);
        StatePosition foreign = new(new Guid(9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), _machine.State.Index);
        Assert.False(StateFeed.TryRead(_machine.Machine, _machine.Ledger.ItemTopic("a"), foreign, _machine.State, _changes));
        StatePosition before = _machine.State.Position;
        _machine.Machine.Restore(_machine.State, before.Index + 1, foreign.Lineage, _machine.State.ClusterTime);
        Assert.False(StateFeed.TryRead(_machine.Machine, _machine.Ledger.ItemTopic("a"), before, _machine.State, _changes));
        Assert.True(Read(_machine.Ledger.ItemTopic("a"), _machine.State.Index));
        Assert.Empty(_changes);
    }

    [Fact]
    public void TryRead_SnapshotOlderThanTheState_StopsAtTheSnapshot()
    {
        ulong first = _machine.Put("a", "", 1).Index;
        StateSnapshot snapshot = _machine.State;
        _machine.Put("a", "", 2);
        Assert.True(StateFeed.TryRead(
            _machine.Machine, _machine.Ledger.ItemTopic("a"), new StatePosition(snapshot.Lineage, 0), snapshot, _changes));
        Assert.Equal(first, Assert.Single(_changes).Index);
    }

    [Fact]
    public void TryRead_TopicReapedInBetween_GivesWhatTheRingHasOrSaysThatItLacksIt()
    {
        ulong put = _machine.Put("a", "", 1).Index;
        ulong deleted = _machine.Delete("a").Index;
        _machine.Apply(SystemCommand.ReapTopics, SystemCommands.EncodeReapTopics(deleted, 10));
        ulong again = _machine.Put("a", "", 2).Index;
        Assert.True(Read(_machine.Ledger.ItemTopic("a"), put));
        Assert.Equal([deleted, again], _changes.Select(set => set.Index));
    }

    private bool Read(StateTopic topic, ulong after)
    {
        _changes.Clear();
        return StateFeed.TryRead(_machine.Machine, topic, new StatePosition(_machine.State.Lineage, after), _machine.State, _changes);
    }

    private void Fill(string name)
    {
        for (int i = 0; i < 200; i++)
        {
            _machine.Put(name, "", i);
        }
    }
}
