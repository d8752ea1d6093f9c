using Discovery.State.Watching;
using Discovery.Testing;

namespace Discovery.Core.Tests.State.Watching;

public sealed class StateWatchesTests
{
    [Fact]
    public void Wake_TenThousandWatchersOnAHundredTopics_WakesItsOwnAndAllocatesNothingForTheRest()
    {
        LedgerMachine machine = new();
        List<Watcher> watchers = [];
        for (int i = 0; i < 10_000; i++)
        {
            Watcher watcher = new(machine.Ledger.ItemTopic("n" + (i % 100)));
            machine.Machine.Watches.Add(watcher);
            watchers.Add(watcher);
        }

        long uninterested = AllocatedBy(machine, "other");
        long interested = AllocatedBy(machine, "n7");
        machine = new LedgerMachine();
        long alone = AllocatedBy(machine, "other");
        Assert.InRange(uninterested, 0, alone + 64);
        Assert.InRange(interested, 0, alone + 64);
        for (int i = 0; i < 10_000; i++)
        {
            Assert.Equal(i % 100 == 7 ? 10 : 0, watchers[i].Signals);
        }
    }

    [Fact]
    public void Wake_TableAndPrefixAndKey_SignalsEachWatcherOnceABatch()
    {
        LedgerMachine machine = new();
        Watcher table = new(StateTopic.ForTable(machine.Ledger.Items));
        Watcher groups = new(StateTopic.ForTable(machine.Ledger.Groups));
        Watcher prefix = new(StateTopic.ForPrefix(machine.Ledger.ItemTopics, "web"u8.ToArray()));
        Watcher everything = new(StateTopic.ForPrefix(machine.Ledger.ItemTopics, default), machine.Ledger.ItemTopic("web1"));
        Watcher other = new(StateTopic.ForPrefix(machine.Ledger.ItemTopics, "wez"u8.ToArray()), machine.Ledger.GroupTopic("web1"));
        foreach (Watcher watcher in (Watcher[])[table, groups, prefix, everything, other])
        {
            machine.Machine.Watches.Add(watcher);
        }

        machine.Add(machine.Ledger.Script.Id, Put(machine, "web1"));
        machine.Add(machine.Ledger.Script.Id, Put(machine, "web2"));
        machine.Add(machine.Ledger.Script.Id, Put(machine, "db"));
        machine.Flush();
        Assert.Equal((1, 0, 1, 1, 0), (table.Signals, groups.Signals, prefix.Signals, everything.Signals, other.Signals));
        machine.Machine.Watches.Remove(everything);
        machine.Put("web1", "", 2);
        Assert.Equal((2, 0, 2, 1, 0), (table.Signals, groups.Signals, prefix.Signals, everything.Signals, other.Signals));
        machine.Machine.Install(machine.State);
        Assert.Equal((3, 1, 3, 1, 1), (table.Signals, groups.Signals, prefix.Signals, everything.Signals, other.Signals));
        Assert.Equal(4, machine.Machine.Watches.Count);
    }

    private static ReadOnlyMemory<byte> Put(LedgerMachine machine, string name) =>
        LedgerMachine.Body(machine.Ledger.Script, [new LedgerStep(LedgerAction.Put, name)]);

    private static long AllocatedBy(LedgerMachine machine, string name)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            machine.Add(machine.Ledger.Script.Id, Put(machine, name));
            long before = GC.GetAllocatedBytesForCurrentThread();
            machine.Flush();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private sealed class Watcher(params StateTopic[] topics) : IStateWatcher
    {
        public IReadOnlyList<StateTopic> Topics => topics;

        public int Signals { get; private set; }

        public void Signal() => Signals++;
    }
}
