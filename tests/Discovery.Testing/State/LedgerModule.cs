using System.Text;

namespace Discovery.Testing;

/// <summary>
/// A small module of an application, built on public API only: rows, an index, topics with presence, a reaction, commands.
/// </summary>
/// <remarks>
/// Make one for each state machine. A group named "poison" makes the reaction throw, one named "broken" breaks an invariant in it.
/// </remarks>
public sealed class LedgerModule : IStateModule
{
    /// <summary>The items, by name.</summary>
    public StateTable<LedgerItem> Items { get; private set; } = null!;

    /// <summary>The items that are in a group, by group.</summary>
    public StateIndex<LedgerItem> ByGroup { get; private set; } = null!;

    /// <summary>The groups, by name.</summary>
    public StateTable<LedgerGroup> Groups { get; private set; } = null!;

    /// <summary>One topic per item.</summary>
    public StateTopicSpace ItemTopics { get; private set; } = null!;

    /// <summary>One topic per group.</summary>
    public StateTopicSpace GroupTopics { get; private set; } = null!;

    /// <summary>Runs a list of steps as one command; yields the sum of the values after each step.</summary>
    public StateCommand<IReadOnlyList<LedgerStep>, long> Script { get; private set; } = null!;

    /// <summary>Sets a value if it is what the caller expects; yields whether it did.</summary>
    public StateCommand<LedgerSwap, bool> Swap { get; private set; } = null!;

    /// <summary>Yields an item's value, read inside the log.</summary>
    public StateCommand<string, long> Read { get; private set; } = null!;

    /// <inheritdoc />
    public string Name { get; init; } = "ledger";

    /// <summary>The newest schema that this binary knows.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>Called when a script begins to be applied: how a test gets between the taking of an entry and its answer.</summary>
    public Action? Applying { get; set; }

    /// <summary>The first command id.</summary>
    public ushort FirstCommandId { get; init; } = 0x8000;

    /// <inheritdoc />
    public void Configure(StateModuleBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.SchemaVersion = SchemaVersion;
        Items = builder.AddTable("items", static (LedgerItem row, ref StateKeyBuilder key) => key.Append(row.Name), ItemCodec);
        ByGroup = Items.AddIndex("group", static (LedgerItem row, ref StateKeyBuilder key) =>
        {
            if (row.Group.Length > 0)
            {
                key.Append(row.Group);
            }
        });
        Groups = builder.AddTable("groups", static (LedgerGroup row, ref StateKeyBuilder key) => key.Append(row.Group), GroupCodec);
        ItemTopics = builder.AddTopicSpace("item", (transaction, key) => transaction.Get(Items, key) is not null);
        GroupTopics = builder.AddTopicSpace("group", (transaction, key) => transaction.Get(Groups, key) is not null);
        Items.DeriveTopics((StateTransaction _, StateRowChange<LedgerItem> change, ref StateTopicSink topics) =>
        {
            topics.Touch(ItemTopics, Key(change.Row.Name));
            TouchGroup(change.Old, ref topics);
            TouchGroup(change.New, ref topics);
        });
        builder.AddReaction(Items, 1, Total);
        Script = builder.AddCommand(FirstCommandId, "ledger.script", ScriptCodec, NumberCodec, Run);
        Swap = builder.AddCommand((ushort)(FirstCommandId + 1), "ledger.swap", SwapCodec, BooleanCodec, Apply);
        Read = builder.AddCommand(
            (ushort)(FirstCommandId + 2), "ledger.read", TextCodec, NumberCodec, (transaction, name) => ValueOf(transaction, name));
    }

    /// <summary>The key of an item or a group, and of its topic.</summary>
    public static byte[] Key(string name)
    {
        var key = new byte[Encoding.UTF8.GetByteCount(name) + 1];
        Encoding.UTF8.GetBytes(name, key);
        return key;
    }

    /// <summary>The topic of an item.</summary>
    public StateTopic ItemTopic(string name) => StateTopic.ForKey(ItemTopics, Key(name));

    /// <summary>The topic of a group.</summary>
    public StateTopic GroupTopic(string name) => StateTopic.ForKey(GroupTopics, Key(name));

    private static BinaryCodec<LedgerItem> ItemCodec { get; } = new(
        static (writer, row) =>
        {
            writer.Write(row.Name);
            writer.Write(row.Group);
            writer.Write(row.Value);
        },
        static reader => new LedgerItem(reader.ReadString(), reader.ReadString(), reader.ReadInt64()));

    private static BinaryCodec<LedgerGroup> GroupCodec { get; } = new(
        static (writer, row) =>
        {
            writer.Write(row.Group);
            writer.Write(row.Count);
            writer.Write(row.Sum);
        },
        static reader => new LedgerGroup(reader.ReadString(), reader.ReadInt64(), reader.ReadInt64()));

    private static BinaryCodec<LedgerSwap> SwapCodec { get; } = new(
        static (writer, swap) =>
        {
            writer.Write(swap.Name);
            writer.Write(swap.Expected);
            writer.Write(swap.Value);
        },
        static reader => new LedgerSwap(reader.ReadString(), reader.ReadInt64(), reader.ReadInt64()));

    private static BinaryCodec<IReadOnlyList<LedgerStep>> ScriptCodec { get; } = new(
        static (writer, steps) =>
        {
            writer.Write(steps.Count);
            foreach (LedgerStep step in steps)
            {
                writer.Write((byte)step.Action);
                writer.Write(step.Name);
                writer.Write(step.Group);
                writer.Write(step.Value);
            }
        },
        static reader =>
        {
            int count = reader.ReadInt32();
            List<LedgerStep> steps = [];
            for (int i = 0; i < count; i++)
            {
                steps.Add(new LedgerStep((LedgerAction)reader.ReadByte(), reader.ReadString(), reader.ReadString(), reader.ReadInt64()));
            }

            return steps;
        });

    private static BinaryCodec<long> NumberCodec { get; } = new(
        static (writer, value) => writer.Write(value), static reader => reader.ReadInt64());

    private static BinaryCodec<bool> BooleanCodec { get; } = new(
        static (writer, value) => writer.Write(value), static reader => reader.ReadBoolean());

    private static BinaryCodec<string> TextCodec { get; } = new(
        static (writer, value) => writer.Write(value), static reader => reader.ReadString());

    private void TouchGroup(LedgerItem? item, ref StateTopicSink topics)
    {
        if (item is { Group.Length: > 0 })
        {
            topics.Touch(GroupTopics, Key(item.Group));
        }
    }

    private long ValueOf(StateTransaction transaction, string name) => transaction.Get(Items, Key(name))?.Value ?? 0;

    private bool Apply(StateTransaction transaction, LedgerSwap swap)
    {
        if (ValueOf(transaction, swap.Name) != swap.Expected)
        {
            return false;
        }

        transaction.Put(Items, new LedgerItem(swap.Name, "", swap.Value));
        return true;
    }

    private long Run(StateTransaction transaction, IReadOnlyList<LedgerStep> steps)
    {
        Applying?.Invoke();
        long sum = 0;
        foreach (LedgerStep step in steps)
        {
            LedgerItem? old = transaction.Get(Items, Key(step.Name));
            switch (step.Action)
            {
                case LedgerAction.Put:
                    transaction.Put(Items, new LedgerItem(step.Name, step.Group, step.Value));
                    break;
                case LedgerAction.Delete:
                    transaction.Delete(Items, Key(step.Name));
                    break;
                case LedgerAction.Add:
                    transaction.Put(Items, new LedgerItem(step.Name, old?.Group ?? "", (old?.Value ?? 0) + step.Value));
                    break;
                case LedgerAction.Touch:
                    transaction.Touch(ItemTopics, Key(step.Name));
                    break;
                case LedgerAction.Throw:
                    throw new InvalidOperationException("The script says so.");
                default:
                    Invariant.Check(false, "the script breaks an invariant");
                    break;
            }

            sum += ValueOf(transaction, step.Name);
        }

        return sum;
    }

    private void Total(StateTransaction transaction, StateRowChange<LedgerItem> change)
    {
        Change(transaction, change.Old, -1);
        Change(transaction, change.New, 1);
    }

    private void Change(StateTransaction transaction, LedgerItem? item, int sign)
    {
        if (item is null or { Group: "" })
        {
            return;
        }

        Invariant.Check(item.Group != "broken", "a broken group");
        if (item.Group == "poison")
        {
            throw new InvalidOperationException("A poisoned group.");
        }

        LedgerGroup old = transaction.Get(Groups, Key(item.Group)) ?? new LedgerGroup(item.Group, 0, 0);
        LedgerGroup changed = old with { Count = old.Count + sign, Sum = old.Sum + (sign * item.Value) };
        if (changed.Count == 0)
        {
            transaction.Delete(Groups, Key(item.Group));
        }
        else
        {
            transaction.Put(Groups, changed);
        }
    }
}
