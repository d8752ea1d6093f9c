using Discovery.State;
using Discovery.Testing;

namespace Discovery.Core.Tests.State;

public sealed class SnapshotTests
{
    private static LedgerMachine Example(LedgerModule? ledger = null, params IStateModule[] more)
    {
        LedgerMachine machine = new(ledger, null, more) { ClusterTime = TimeSpan.FromSeconds(3) };
        machine.Put("a", "red", 1);
        machine.Put("b", "blue", 2);
        machine.Delete("b");
        machine.Apply(machine.Ledger.Swap.Id, LedgerMachine.Body(machine.Ledger.Swap, new LedgerSwap("r", 0, 7)), sequence: 1);
        machine.Apply(SystemCommand.ReapTopics, SystemCommands.EncodeReapTopics(5, 9));
        return machine;
    }

    [Fact]
    public void ReadSnapshot_OfAnotherMachine_IsTheSameStateAndSnapshot()
    {
        LedgerMachine source = Example();
        byte[] bytes = source.Snapshot();
        LedgerMachine target = new() { ClusterTime = source.ClusterTime };
        target.Machine.Install(target.Machine.ReadSnapshot(new MemoryStream(bytes)));
        Assert.Equal(source.State.ComputeHash(), target.State.ComputeHash());
        Assert.Equal(bytes, target.Snapshot());
        Assert.Equal(source.State.Position, target.State.Position);
        Assert.Equal(source.State.ClusterTime, target.State.ClusterTime);

        Assert.Equal(source.Put("c", "red", 5).Index, target.Put("c", "red", 5).Index);
        ReadOnlyMemory<byte> swap = LedgerMachine.Body(source.Ledger.Swap, new LedgerSwap("r", 0, 7));
        Assert.Equal(6UL, target.Apply(target.Ledger.Swap.Id, swap, sequence: 1).Index);
        Assert.Equal(6UL, source.Apply(source.Ledger.Swap.Id, swap, sequence: 1).Index);
        Assert.Equal(source.Snapshot(), target.Snapshot());
    }

    [Fact]
    public async Task ReadSnapshotAsync_OfBlocksOverManyPieces_IsTheSameState()
    {
        LedgerMachine source = new();
        Random random = new(5);
        for (int i = 0; i < 300; i++)
        {
            source.Put("item-" + i, new string((char)('a' + random.Next(20)), random.Next(10_000)), i);
        }

        source.Put(new string('x', 700_000), "", 1);
        using MemoryStream stream = new();
        await source.Machine.WriteSnapshotAsync(stream);
        Assert.Equal(source.Snapshot(), stream.ToArray());
        stream.Position = 0;
        LedgerMachine target = new();
        StateSnapshot read = await target.Machine.ReadSnapshotAsync(new DribbleStream(stream));
        Assert.Equal(source.State.ComputeHash(), read.ComputeHash());
    }

    [Fact]
    public async Task OpenRead_ReadAtOnceAndAsynchronously_GivesTheSnapshotInTheCallersPlace()
    {
        LedgerMachine source = new();
        source.Put(new string('x', 700_000), "", 1);
        source.Put("a", new string('y', 300_000), 2);
        byte[] expected = source.Snapshot();
        using Stream opened = source.State.OpenRead();
        using MemoryStream whole = new();
        opened.CopyTo(whole, bufferSize: 1000);
        Assert.Equal(expected, whole.ToArray());

        using Stream again = source.State.OpenRead();
        byte[] read = new byte[expected.Length + 1];
        int length = 0;
        while (true)
        {
            ValueTask<int> reading = again.ReadAsync(read.AsMemory(length));
            Assert.True(reading.IsCompletedSuccessfully);
            int count = await reading;
            if (count == 0)
            {
                break;
            }

            length += count;
        }

        Assert.Equal(expected, read[..length]);
    }

    [Fact]
    public void ReadSnapshot_EveryTruncation_IsRefusedAndChangesNothing()
    {
        byte[] bytes = Example().Snapshot();
        LedgerMachine target = new();
        byte[] before = target.Snapshot();
        for (int length = 0; length < bytes.Length; length++)
        {
            AssertRefused(target, bytes[..length]);
        }

        Assert.Equal(before, target.Snapshot());
        Assert.Null(target.Machine.Fault);
    }

    [Fact]
    public void ReadSnapshot_EveryFlippedBit_IsRefusedAndChangesNothing()
    {
        byte[] bytes = Example().Snapshot();
        LedgerMachine target = new();
        byte[] before = target.Snapshot();
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] damaged = [.. bytes];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertRefused(target, damaged);
        }

        Assert.Equal(before, target.Snapshot());
        Assert.Null(target.Machine.Fault);
    }

    [Fact]
    public void ReadSnapshot_UnknownModule_IsRefusedByName()
    {
        LedgerModule extra = new() { Name = "extra", FirstCommandId = 0x9000 };
        DiscoveryException e = AssertRefused(new LedgerMachine(), Example(null, extra).Snapshot());
        Assert.Equal(
            "The snapshot is refused and nothing was changed: it was written with the module \"extra\", which this server does not have.",
            e.Message);
    }

    [Fact]
    public void ReadSnapshot_NewerSchema_IsRefusedByNameAndVersion()
    {
        LedgerMachine source = Example(new LedgerModule { SchemaVersion = 3 });
        source.Apply(SystemCommand.RaiseSchema, SystemCommands.EncodeRaiseSchema("ledger", 3));
        DiscoveryException e = AssertRefused(new LedgerMachine(new LedgerModule { SchemaVersion = 2 }), source.Snapshot());
        Assert.Equal(
            "The snapshot is refused and nothing was changed: module \"ledger\" has schema version 3 in it, and this server knows up to 2.",
            e.Message);
    }

    [Fact]
    public void ReadSnapshot_ModuleThatItLacks_StartsEmpty()
    {
        LedgerMachine source = Example();
        LedgerModule extra = new() { Name = "extra", FirstCommandId = 0x9000 };
        LedgerMachine target = new(null, null, extra);
        target.Machine.Install(target.Machine.ReadSnapshot(new MemoryStream(source.Snapshot())));
        Assert.Equal(0, target.State.Count(extra.Items));
        Assert.Equal(source.State.ComputeHash(), target.State.ComputeHash());
        Assert.Equal(2, target.State.Count(target.Ledger.Items));
    }

    [Fact]
    public void WriteSnapshot_TwoHistoriesOfOneState_AreByteIdentical()
    {
        LedgerMachine first = new();
        LedgerMachine second = new();
        for (int i = 0; i < 500; i++)
        {
            first.Add(first.Ledger.Script.Id, Script(first, i));
            second.Add(second.Ledger.Script.Id, Script(second, i));
            if (i % 7 == 0)
            {
                second.Flush();
            }
        }

        first.Flush();
        second.Flush();
        Assert.Equal(first.Snapshot(), second.Snapshot());

        static ReadOnlyMemory<byte> Script(LedgerMachine machine, int i) => LedgerMachine.Body(
            machine.Ledger.Script,
            [new LedgerStep(i % 3 == 0 ? LedgerAction.Delete : LedgerAction.Put, "k" + (i * 7 % 100), "g" + (i % 5), i)]);
    }

    [Fact]
    public void WriteSnapshot_Header_IsPinned() =>
        Assert.Equal("44495343534E4150010000000D8A6C62", Convert.ToHexString(Example().Snapshot().AsSpan(0, 16)));

    private static DiscoveryException AssertRefused(LedgerMachine target, byte[] bytes)
    {
        DiscoveryException e = Assert.Throws<DiscoveryException>(() => target.Machine.ReadSnapshot(new MemoryStream(bytes)));
        Assert.Equal(DiscoveryError.InvalidRequest, e.Error);
        Assert.Equal(WriteOutcome.NotApplied, e.WriteOutcome);
        return e;
    }

    /// <summary>Gives at most 1,000 bytes a read.</summary>
    private sealed class DribbleStream(Stream inner) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer[..Math.Min(buffer.Length, 1000)], cancellationToken);
    }
}
