using Discovery.State;
using Discovery.State.Trees;
using Discovery.State.Watching;
using Discovery.Core.Tests.State.Trees;
using Discovery.Testing;
using Discovery.Wire;

namespace Discovery.Core.Tests.State;

/// <summary>Rows that are kept encoded are the same rows.</summary>
public sealed class EncodedRowsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Apply_RandomCommands_RowsReadAsWhereNoneIsKeptEncoded(int seed)
    {
        Random random = new(seed);
        TwinTopicsModule plain = new();
        TwinTopicsModule encoded = new(isEncoded: true);
        LedgerMachine[] machines = [new(more: plain), new(more: encoded)];
        Recorder[] recorders = [new(), new()];
        machines[0].Machine.AddObserver(recorders[0]);
        machines[1].Machine.AddObserver(recorders[1]);
        for (int i = 0; i < 3_000; i++)
        {
            TwinRow[] rows = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Row(random))];
            CommandOutcome outcome = machines[0].Apply(plain.Run.Id, LedgerMachine.Body(plain.Run, rows));
            Assert.Equal(outcome.Status, machines[1].Apply(encoded.Run.Id, LedgerMachine.Body(encoded.Run, rows)).Status);
            Compare(machines[0].State.Get(plain.Rows, rows[0].Key), machines[1].State.Get(encoded.Rows, rows[0].Key));
            if (i % 500 == 0)
            {
                Assert.Equal(machines[0].State.ComputeHash(), machines[1].State.ComputeHash());
                Assert.True(machines[0].Snapshot().AsSpan().SequenceEqual(machines[1].Snapshot()));
                Assert.Equal(
                    machines[0].State.Scan(plain.Rows, rows[0].Key.AsSpan(0, 1)).ToList().Select(Describe),
                    machines[1].State.Scan(encoded.Rows, rows[0].Key.AsSpan(0, 1)).ToList().Select(Describe));
                StateSnapshot read = machines[1].Machine.ReadSnapshot(new MemoryStream(machines[0].Snapshot()));
                Assert.Equal(machines[0].State.ComputeHash(), read.ComputeHash());
                machines[1].Machine.Install(read);
            }
        }

        Assert.Equal(recorders[0].Lines, recorders[1].Lines);
        List<string> ring = Ring(machines[1]);
        Assert.Equal(Ring(machines[0])[^ring.Count..], ring);
        Assert.True(CountPacked(machines[1], encoded) > 500);
        Assert.Equal(0, CountPacked(machines[0], plain));
    }

    [Fact]
    public void Get_RowThatIsKeptEncoded_IsTheSameObjectFromTheSecondTimeUntilItChanges()
    {
        TwinTopicsModule twin = new(isEncoded: true);
        LedgerMachine node = new(more: twin);
        Put(node, twin, [.. Enumerable.Range(0, 60).Select(static i => new TwinRow([(byte)i], 1))]);
        Assert.True(CountPacked(node, twin) > 20);
        StateSnapshot before = node.State;
        Assert.NotNull(before.Get(twin.Rows, [3]));
        TwinRow row = before.Get(twin.Rows, [3])!;
        Assert.Same(row, before.Get(twin.Rows, [3]));
        Put(node, twin, new TwinRow([4], 2));
        Assert.Same(row, node.State.Get(twin.Rows, [3]));
        Put(node, twin, new TwinRow([3], 2));
        Assert.Equal(2, node.State.Get(twin.Rows, [3])!.Value);
        Assert.Equal(1, before.Get(twin.Rows, [3])!.Value);
    }

    [Fact]
    public void Get_RowsThatWereReadTwice_AllocatesNothing()
    {
        TwinTopicsModule twin = new(isEncoded: true);
        LedgerMachine node = new(more: twin);
        Put(node, twin, [.. Enumerable.Range(0, 200).Select(static i => new TwinRow([(byte)i], 1))]);
        Read(node.State, twin);
        Read(node.State, twin);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int sum = Read(node.State, twin);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(200, sum);
    }

    [Fact]
    public void TryPack_SetWithLargeOldRows_IsLeftAsItIs()
    {
        TwinTopicsModule twin = new(isEncoded: true);
        ChangePacker packer = new(new LedgerMachine(more: twin).Machine.Schema);
        using WireBuffer output = new();
        output.Write([7]);
        Assert.False(packer.TryPack(Removal(ChangePacker.BytesMax), output));
        Assert.Equal([7], output.WrittenSpan.ToArray());
        Assert.True(packer.TryPack(Removal(100), output));

        StateChangeSet Removal(int bytes) => new(
            9, default, default, [new StateChange(twin.Rows, [1], new TwinRow(new byte[bytes], 1), null)], [], bytesEstimate: 10);
    }

    [Fact]
    public void Pack_PackerThatThrows_LeavesTheLeafAsItWas()
    {
        TreeLeaf<RowCell<int>> leaf = new(new object());
        NumberPacker packer = new();
        for (int i = 0; i < 20; i++)
        {
            leaf.InsertAt(i, [(byte)i], new RowCell<int>(i + 1, 1, 1));
        }

        leaf.Pack(packer);
        leaf.InsertAt(20, [20], new RowCell<int>(21, 1, 1));
        leaf.InsertAt(21, [21], new RowCell<int>(NumberPacker.Unpackable, 1, 1));
        Assert.Throws<InvalidOperationException>(() => leaf.Pack(packer));

        Assert.Equal(
            [.. Enumerable.Range(1, 21), NumberPacker.Unpackable],
            Enumerable.Range(0, leaf.Count).Select(position => NumberPacker.Read(leaf.EntryAt(position))));
    }

    [Fact]
    public void KeepEncoded_TableWhoseRowsHaveNoKeyOfTheirOwn_IsRefused()
    {
        StateModuleBuilder builder = new("other", 0);
        StateTable<string> table = builder.AddTable(
            "texts", static (string row, ref StateKeyBuilder key) => key.Append(row), StateCodecs.Text);
        Assert.Throws<InvalidOperationException>(() => table.KeepEncoded(static _ => true));
    }

    private static int Read(StateSnapshot state, TwinTopicsModule twin)
    {
        int sum = 0;
        Span<byte> key = stackalloc byte[1];
        for (int i = 0; i < 200; i++)
        {
            key[0] = (byte)i;
            sum += state.Get(twin.Rows, key)!.Value;
        }

        return sum;
    }

    private static void Put(LedgerMachine node, TwinTopicsModule twin, params TwinRow[] rows) =>
        Assert.Equal(CommandStatus.Applied, node.Apply(twin.Run.Id, LedgerMachine.Body(twin.Run, rows)).Status);

    private static TwinRow Row(Random random)
    {
        byte[] key = [(byte)random.Next(40), (byte)random.Next(100)];
        return new TwinRow(random.Next(3) == 0 ? key[..1] : key, random.Next(200) == 0 ? 100 : random.Next(-4, 12));
    }

    private static int CountPacked(LedgerMachine node, TwinTopicsModule twin)
    {
        int packed = 0;
        foreach (TreeEntry<RowCell<TwinRow>> entry in ((TableRoot<TwinRow>)node.State.Tables[twin.Rows.Id]).Rows.Scan([]))
        {
            packed += entry.IsPacked ? 1 : 0;
        }

        return packed;
    }

    private static void Compare(TwinRow? expected, TwinRow? actual) => Assert.Equal(Describe(expected), Describe(actual));

    private static string Describe(TwinRow? row) => row is null ? "-" : $"{Convert.ToHexString(row.Key)} {row.Value}";

    private static string Describe(StateChangeSet set)
    {
        IEnumerable<string> changes = set.Changes.Select(static change =>
            $"{Convert.ToHexString(change.Key.Span)}: {Describe((TwinRow?)change.OldRow)} to {Describe((TwinRow?)change.NewRow)}");
        IEnumerable<string> topics = set.Topics.Select(static topic =>
            $"{topic.Space} {Convert.ToHexString(topic.Key.Span)} {topic.PreviousIndex}");
        return $"{set.Index} {set.ClusterTime} {set.WallTime:O} {set.BytesEstimate} {string.Join(", ", [.. changes, .. topics])}";
    }

    // The newest are kept as they are, and others packed.
    private static List<string> Ring(LedgerMachine machine)
    {
        List<StateChangeSet> sets = [];
        Assert.True(machine.Machine.Ring.TryCopyAfter(machine.Machine.Ring.CoveredFrom, int.MaxValue, sets));
        Assert.True(sets.Count > ChangeRing.Unpacked + (4 * ChangeRing.PackedAtOnce));
        Assert.True(machine.Machine.Ring.TryGet(sets[10].Index, out StateChangeSet? one));
        Assert.Equal(Describe(sets[10]), Describe(one!));
        return [.. sets.Select(Describe)];
    }

    private sealed class Recorder : IStateObserver
    {
        public List<string> Lines { get; } = [];

        public void OnApplied(StateSnapshot snapshot, IReadOnlyList<StateChangeSet> changes)
        {
            Lines.AddRange(changes.Select(Describe));
        }

        public void OnReplaced(StateSnapshot snapshot)
        {
        }
    }
}
