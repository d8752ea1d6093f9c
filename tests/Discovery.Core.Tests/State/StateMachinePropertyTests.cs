using System.Buffers;
using System.Globalization;
using System.Text;
using Discovery.State;
using Discovery.State.Trees;
using Discovery.Testing;

namespace Discovery.Core.Tests.State;

public sealed class StateMachinePropertyTests
{
    private const int RingBytes = 400_000;

    [Theory]
    [InlineData(11, 12)]
    [InlineData(12, 90)]
    [InlineData(13, 30)]
    public void Apply_RandomLogInRandomBatches_MatchesTheModelAndEverySplit(int seed, int names)
    {
        Random random = new(seed);
        LedgerModel model = new();
        LedgerMachine single = Machine();
        LedgerMachine split = Machine();
        LedgerMachine restored = Machine();
        List<(ulong Index, CommandStatus Status)> expected = [];
        List<CommandOutcome> splitOutcomes = [];
        List<CommandOutcome> restoredOutcomes = [];
        ulong sequence = 0;
        for (int i = 0; i < 12_000; i++)
        {
            (ushort command, ReadOnlyMemory<byte> body, ulong used, IReadOnlyList<LedgerStep>? steps) =
                Next(random, names, single, ref sequence);
            ulong index = single.State.Index + 1 + (ulong)(random.Next(20) == 0 ? random.Next(5) : 0);
            foreach (LedgerMachine machine in (LedgerMachine[])[single, split, restored])
            {
                machine.Skip(index);
                machine.ClusterTime = TimeSpan.FromMilliseconds(i);
                machine.Add(command, body, used);
            }

            expected.Add(steps is null ? Reap(model, index, body) : model.Run(index, used, steps));
            CommandOutcome outcome = single.Flush()[0];
            Assert.Equal(expected[^1], (outcome.Index, outcome.Status));
            if (random.Next(30) == 0)
            {
                splitOutcomes.AddRange(split.Flush());
            }

            if (random.Next(7) == 0)
            {
                restoredOutcomes.AddRange(restored.Flush());
            }

            if (i % 2_000 == 1_500)
            {
                Compare(model, single, names);
                Assert.Equal(Recompute(single), single.State.ComputeHash());
                restoredOutcomes.AddRange(restored.Flush());
                restored = Reborn(restored);
            }
        }

        splitOutcomes.AddRange(split.Flush());
        restoredOutcomes.AddRange(restored.Flush());
        Compare(model, single, names);
        Assert.True(model.Applied > 5_000);
        Assert.Equal(expected, splitOutcomes.Select(outcome => (outcome.Index, outcome.Status)));
        Assert.Equal(expected, restoredOutcomes.Select(outcome => (outcome.Index, outcome.Status)));
        byte[] snapshot = single.Snapshot();
        Assert.True(snapshot.AsSpan().SequenceEqual(split.Snapshot()));
        Assert.True(snapshot.AsSpan().SequenceEqual(restored.Snapshot()));
        Assert.Equal(single.State.ComputeHash(), split.State.ComputeHash());
        Assert.Equal(Describe(single, out ulong coveredFrom), Describe(split, out ulong splitCoveredFrom));
        Assert.Equal(coveredFrom, splitCoveredFrom);
        Assert.True(coveredFrom > 0, "the ring must have overflowed for this test to say anything");
        Assert.Equal(single.Machine.Ring.Bytes, split.Machine.Ring.Bytes);
    }

    private static LedgerMachine Machine() => new(null, new StateMachineOptions { RingBytesMax = RingBytes });

    private static LedgerMachine Reborn(LedgerMachine machine)
    {
        LedgerMachine reborn = Machine();
        reborn.Machine.Install(reborn.Machine.ReadSnapshot(new MemoryStream(machine.Snapshot())));
        return reborn;
    }

    private static (ushort, ReadOnlyMemory<byte>, ulong, IReadOnlyList<LedgerStep>?) Next(
        Random random, int names, LedgerMachine machine, ref ulong sequence)
    {
        if (random.Next(60) == 0)
        {
            byte[] reap = SystemCommands.EncodeReapTopics((ulong)random.NextInt64((long)machine.State.Index + 1), random.Next(1, 12));
            return (SystemCommand.ReapTopics, reap, 0, null);
        }

        List<LedgerStep> steps = [];
        int count = random.Next(20) == 0 ? 40 : random.Next(1, 12);
        for (int i = 0; i < count; i++)
        {
            LedgerAction action = random.Next(100) switch
            {
                < 45 => LedgerAction.Put,
                < 75 => LedgerAction.Delete,
                < 92 => LedgerAction.Add,
                < 99 => LedgerAction.Touch,
                _ => LedgerAction.Throw,
            };
            string group = random.Next(6) switch { 0 => "", int g => random.Next(150) == 0 ? "poison" : "g" + g };
            steps.Add(new LedgerStep(action, "n" + random.Next(names), group, random.Next(1000)));
        }

        ulong used = random.Next(3) == 0 ? 0 : random.Next(8) == 0 && sequence > 100 ? sequence - (ulong)random.Next(60) : ++sequence;
        return (machine.Ledger.Script.Id, LedgerMachine.Body(machine.Ledger.Script, steps), used, steps);
    }

    private static (ulong, CommandStatus) Reap(LedgerModel model, ulong index, ReadOnlyMemory<byte> body)
    {
        model.Reap(BitConverter.ToUInt64(body.Span), BitConverter.ToInt32(body.Span[8..]));
        return (index, CommandStatus.Applied);
    }

    private static void Compare(LedgerModel model, LedgerMachine machine, int names)
    {
        StateSnapshot state = machine.State;
        LedgerModule ledger = machine.Ledger;
        Assert.Equal(model.Items.Values, state.Scan(ledger.Items).ToList());
        Assert.Equal(model.Groups().Values, state.Scan(ledger.Groups).ToList());
        IEnumerable<LedgerItem> byGroup = model.Items.Values.Where(item => item.Group.Length > 0)
            .OrderBy(item => item.Group, StringComparer.Ordinal);
        Assert.Equal(byGroup, state.Scan(ledger.ByGroup).ToList());
        Assert.Equal(model.Items.Values.Count(item => item.Group == "g2"), state.Count(ledger.ByGroup, LedgerModule.Key("g2")));
        for (int i = 0; i <= names; i++)
        {
            Assert.Equal(model.IndexOf("item", "n" + i), state.IndexOf(ledger.ItemTopic("n" + i)));
        }

        for (int i = 0; i <= 6; i++)
        {
            Assert.Equal(model.IndexOf("group", "g" + i), state.IndexOf(ledger.GroupTopic("g" + i)));
        }
    }

    private static ulong Recompute(LedgerMachine machine)
    {
        StateSnapshot state = machine.State;
        ulong hash = state.Meta.Hash() + StateHash.OfNumber(StateHash.SeedOf("module ledger"), (ulong)state.SchemaVersion("ledger") - 1);
        hash += Rows(state, machine.Ledger.Items) + Rows(state, machine.Ledger.Groups);
        foreach (StateTopicSpace space in (StateTopicSpace[])[machine.Ledger.ItemTopics, machine.Ledger.GroupTopics])
        {
            ulong seed = StateHash.SeedOf(space.FullName) + 1;
            hash += StateHash.OfNumber(seed, state.Topics.Floors[space.Id]);
            foreach (TreeEntry<TopicCell> topic in state.Topics.Spaces[space.Id].Scan([]))
            {
                hash += StateHash.OfEntry(seed, topic.Key, topic.Value.Index, [topic.Value.IsAbsent ? (byte)1 : (byte)0]);
            }
        }

        foreach (TreeEntry<RowCell<ClientRow>> client in state.Clients.Clients.Scan([]))
        {
            byte[] value = BitConverter.GetBytes(client.Value.Row.HighestSequence);
            hash += StateHash.OfEntry(ClientEditor.ClientSeed, client.Key, client.Value.Row.LastUsedIndex, value);
        }

        foreach (TreeEntry<RowCell<CommandOutcome>> outcome in state.Clients.Outcomes.Scan([]))
        {
            ulong seed = ClientEditor.OutcomeSeed + (ulong)outcome.Value.Row.Status;
            hash += StateHash.OfEntry(seed, outcome.Key, outcome.Value.Row.Index, outcome.Value.Row.Result.Span);
        }

        return hash;
    }

    private static ulong Rows<TRow>(StateSnapshot state, StateTable<TRow> table)
        where TRow : class
    {
        var root = (TableRoot<TRow>)state.Tables[table.Id];
        ulong seed = StateHash.SeedOf(table.FullName);
        ulong hash = StateHash.OfNumber(seed, root.ChangeIndex);
        foreach (TreeEntry<RowCell<TRow>> row in root.Rows.Scan([]))
        {
            ArrayBufferWriter<byte> bytes = new();
            table.Codec.Write(row.Value.Row, bytes);
            hash += StateHash.OfEntry(seed, row.Key, row.Value.Index, bytes.WrittenSpan);
        }

        return hash;
    }

    private static string Describe(LedgerMachine machine, out ulong coveredFrom)
    {
        List<StateChangeSet> sets = [];
        coveredFrom = machine.Machine.Ring.CoveredFrom;
        Assert.True(machine.Machine.Ring.TryCopyAfter(coveredFrom, int.MaxValue, sets));
        StringBuilder text = new();
        foreach (StateChangeSet set in sets)
        {
            text.Append(CultureInfo.InvariantCulture, $"{set.Index} {set.ClusterTime} {set.WallTime:O} {set.BytesEstimate}\n");
            foreach (StateChange change in set.Changes)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {change.Table} {change.OldRow} {change.NewRow}\n");
            }

            foreach (StateTopicTouch topic in set.Topics)
            {
                string key = Encoding.UTF8.GetString(topic.Key.Span);
                text.Append(CultureInfo.InvariantCulture, $"  {topic.Space} {key} {topic.PreviousIndex}\n");
            }
        }

        return text.ToString();
    }
}
