using Discovery.Testing;

namespace Discovery.Core.Tests.State;

/// <summary>Where a <see cref="PlantedModule"/> goes wrong.</summary>
public enum Planted
{
    Nothing,
    InKey,
    EmptyKey,
    InIndex,
    InDerivation,
    InPresence,
    InCodec,
}

public sealed record PlantedRow(byte Value);

/// <summary>An application's module that throws wherever it is told to.</summary>
public sealed class PlantedModule : IStateModule
{
    private StateTopicSpace _topics = null!;

    public required string Name { get; init; }

    public Planted Now { get; set; }

    public StateTable<PlantedRow> Rows { get; private set; } = null!;

    public StateIndex<PlantedRow> First { get; private set; } = null!;

    public StateIndex<PlantedRow> Second { get; private set; } = null!;

    public void Configure(StateModuleBuilder builder)
    {
        BinaryCodec<byte> number = new((writer, value) => writer.Write(value), reader => reader.ReadByte());
        BinaryCodec<PlantedRow> row = new(
            (writer, value) =>
            {
                ThrowIf(Planted.InCodec);
                writer.Write(value.Value);
            },
            reader => new PlantedRow(reader.ReadByte()));
        Rows = builder.AddTable(
            "rows",
            (PlantedRow value, ref StateKeyBuilder key) =>
            {
                ThrowIf(Planted.InKey);
                if (Now != Planted.EmptyKey)
                {
                    key.Append([1]);
                }
            },
            row);
        First = Rows.AddIndex("first", (PlantedRow value, ref StateKeyBuilder key) => key.Append([value.Value]));
        Second = Rows.AddIndex("second", (PlantedRow value, ref StateKeyBuilder key) =>
        {
            ThrowIf(Planted.InIndex);
            key.Append([value.Value]);
        });
        _topics = builder.AddTopicSpace("topics", (_, _) =>
        {
            ThrowIf(Planted.InPresence);
            return true;
        });
        Rows.DeriveTopics((StateTransaction _, StateRowChange<PlantedRow> change, ref StateTopicSink topics) =>
        {
            ThrowIf(Planted.InDerivation);
            topics.Touch(_topics, [change.Row.Value]);
        });
        builder.AddCommand(0x9000, "planted.put", number, number, (transaction, value) =>
        {
            transaction.Put(Rows, new PlantedRow(value));
            return value;
        });
    }

    private void ThrowIf(Planted planted)
    {
        if (Now == planted)
        {
            throw new InvalidOperationException("Planted.");
        }
    }
}
