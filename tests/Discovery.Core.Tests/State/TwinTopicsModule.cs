using Discovery.Testing;

namespace Discovery.Core.Tests.State;

/// <summary>
/// A table of rows that own their key, with the topics of its rows and, beside them, topics that it touches itself. Where asked for, most
/// rows are kept encoded.
/// </summary>
internal sealed class TwinTopicsModule(bool isEncoded = false) : IStateModule
{
    public StateTable<TwinRow> Rows { get; private set; } = null!;

    public StateTopicSpace RowTopics { get; private set; } = null!;

    public StateTopicSpace Derived { get; private set; } = null!;

    public StateCommand<IReadOnlyList<TwinRow>, bool> Run { get; private set; } = null!;

    public string Name => "twin";

    public void Configure(StateModuleBuilder builder)
    {
        BinaryCodec<TwinRow> codec = new(Write, Read);
        Rows = builder.AddTable("rows", static row => row.Key, codec);
        if (isEncoded)
        {
            Rows.EncodedAbove = 0;
            Rows.KeepEncoded(static row => row.Value % 5 != 0);
        }

        RowTopics = builder.AddTopicSpace("row", Rows);
        Derived = builder.AddTopicSpace("derived", (transaction, key) => transaction.Get(Rows, key) is not null);
        Rows.DeriveTopics((StateTransaction _, StateRowChange<TwinRow> change, ref StateTopicSink topics) =>
            topics.Touch(Derived, change.Row.Key));
        BinaryCodec<IReadOnlyList<TwinRow>> list = new(
            static (writer, rows) =>
            {
                writer.Write(rows.Count);
                rows.ToList().ForEach(row => Write(writer, row));
            },
            static reader => [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => Read(reader))]);
        BinaryCodec<bool> flag = new(static (writer, value) => writer.Write(value), static reader => reader.ReadBoolean());
        Run = builder.AddCommand<IReadOnlyList<TwinRow>, bool>(0x9000, "twin.run", list, flag, Apply);
    }

    // A value below 0 deletes, 100 throws, 101 touches what nobody may.
    private bool Apply(StateTransaction transaction, IReadOnlyList<TwinRow> rows)
    {
        foreach (TwinRow row in rows)
        {
            switch (row.Value)
            {
                case < 0:
                    transaction.Delete(Rows, row.Key);
                    break;
                case 100:
                    throw new InvalidOperationException("The row says so.");
                case 101:
                    transaction.Touch(RowTopics, row.Key);
                    break;
                default:
                    transaction.Put(Rows, row);
                    break;
            }
        }

        return true;
    }

    private static void Write(BinaryWriter writer, TwinRow row)
    {
        writer.Write((byte)row.Key.Length);
        writer.Write(row.Key);
        writer.Write(row.Value);
    }

    private static TwinRow Read(BinaryReader reader) => new(reader.ReadBytes(reader.ReadByte()), reader.ReadInt32());
}

/// <summary>A row that owns its key.</summary>
internal sealed record TwinRow(byte[] Key, int Value);
