using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Discovery.Benchmarks.Store;

/// <summary>
/// Stands in for a key/value store: a row per key under the key's own bytes, a topic per key, and two indexes that most rows are not in.
/// </summary>
internal sealed class StoreModule : IStateModule
{
    public const ushort PutId = 0x8100;

    public StateTable<StoreRow> Rows { get; private set; } = null!;

    public StateIndex<StoreRow> BySession { get; private set; } = null!;

    public StateIndex<StoreRow> ByExpiry { get; private set; } = null!;

    public StateTopicSpace Topics { get; private set; } = null!;

    public string Name => "store";

    public void Configure(StateModuleBuilder builder)
    {
        Rows = builder.AddTable("rows", static row => row.Key, new StoreRowCodec());
        BySession = Rows.AddIndex("session", static (StoreRow row, ref StateKeyBuilder key) =>
        {
            if (row.Session != Guid.Empty)
            {
                key.Append(row.Session.ToByteArray(bigEndian: true));
            }
        });
        ByExpiry = Rows.AddIndex("expiry", static (StoreRow row, ref StateKeyBuilder key) =>
        {
            if (row.ExpiresTicks != 0)
            {
                key.Append((ulong)row.ExpiresTicks);
            }
        });
        Topics = builder.AddTopicSpace("key", Rows);
        builder.AddCommand(PutId, "store.put", new StorePutsCodec(), new NothingCodec(), Put);
    }

    private bool Put(StateTransaction transaction, List<StorePut> puts)
    {
        foreach (StorePut put in puts)
        {
            StoreRow? old = transaction.Get(Rows, put.Key);
            transaction.Put(Rows, new StoreRow
            {
                Key = old?.Key ?? put.Key,
                Value = put.Value,
                CreateIndex = old?.CreateIndex ?? transaction.Index,
                ModifyIndex = transaction.Index,
            });
        }

        return true;
    }

    private sealed class NothingCodec : IStateCodec<bool>
    {
        public void Write(bool value, IBufferWriter<byte> output)
        {
        }

        public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out bool value)
        {
            value = true;
            return input.IsEmpty;
        }
    }
}
