using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.KeyValue;
using Discovery.Wire;

namespace Discovery.Transactions;

/// <summary>
/// A transaction as a MessagePack array: whether it returns what it wrote, then for each step its kind and its fields.
/// </summary>
/// <remarks>
/// A step on a key is an array of 3 (kind 0, verb, key), 4 (and value), or 8 (and flags, index, session, time to live in ticks or -1). A
/// fence is (1, key, lineage, acquire index); rows of the catalog are (2, 3 or 4, verb, encoded row).
/// </remarks>
internal sealed class TransactionCommandCodec : IStateCodec<TransactionCommand>
{
    public static readonly TransactionCommandCodec Instance = new();
    private const int KeyKind = 0;
    private const int FenceKind = 1;
    private const int NodeKind = 2;
    private const int ServiceKind = 3;
    private const int CheckKind = 4;

    public void Write(TransactionCommand value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(1 + value.Operations.Count);
        writer.Write(value.ReturnsWritten);
        for (int i = 0; i < value.Operations.Count; i++)
        {
            Write(ref writer, value.Operations[i]);
        }

        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out TransactionCommand value)
    {
        value = null;
        var reader = new MessagePackReader(input);
        if (!reader.TryReadArrayHeader(out int count) || count < 1 || !reader.TryReadBoolean(out bool returnsWritten))
        {
            return false;
        }

        var operations = new TransactionOperation[count - 1];
        for (int i = 0; i < operations.Length; i++)
        {
            if (!TryRead(ref reader, out operations[i]!))
            {
                return false;
            }
        }

        value = new TransactionCommand(operations, returnsWritten);
        return reader.End;
    }

    private static void Write(ref MessagePackWriter writer, TransactionOperation operation)
    {
        switch (operation)
        {
            case KeyValueOperation step:
                Write(ref writer, step);
                break;
            case FenceOperation { Fence: var fence }:
                writer.WriteArrayHeader(4);
                writer.Write(FenceKind);
                writer.Write(fence.Key.Array);
                KeyValueFields.Write(ref writer, fence.Lineage);
                writer.Write(fence.AcquireIndex);
                break;
            case NodeOperation step:
                Write(ref writer, NodeKind, step.Verb, CatalogState.NodeCodec, Whole(step.Node));
                break;
            case ServiceOperation step:
                Write(ref writer, ServiceKind, step.Verb, CatalogState.ServiceCodec, Whole(step.Service));
                break;
            case CheckOperation step:
                Write(ref writer, CheckKind, step.Verb, CatalogState.CheckCodec, step.Check);
                break;
            default:
                throw new InvariantViolationException($"a transaction has a step of kind {operation.GetType().Name}");
        }
    }

    private static void Write(ref MessagePackWriter writer, KeyValueOperation step)
    {
        bool isFull = step.Flags != 0 || step.Index != 0 || step.Session != Guid.Empty || step.TimeToLive is not null;
        writer.WriteArrayHeader(isFull ? 8 : step.Value.IsEmpty ? 3 : 4);
        writer.Write(KeyKind);
        writer.Write((int)step.Verb);
        writer.Write(step.Key.Array);
        if (!isFull && step.Value.IsEmpty)
        {
            return;
        }

        writer.Write(step.Value.Span);
        if (isFull)
        {
            writer.Write(step.Flags);
            writer.Write(step.Index);
            KeyValueFields.Write(ref writer, step.Session);
            writer.Write(step.TimeToLive?.Ticks ?? -1);
        }
    }

    // No row is without a name; a step that only has to find one may be.
    private static CatalogNode Whole(CatalogNode named) => named.Name.Length > 0 ? named : named with { Name = "-" };

    private static CatalogService Whole(CatalogService named) => named.Name.Length > 0 ? named : named with { Name = named.Id };

    private static void Write<T>(ref MessagePackWriter writer, int kind, CatalogVerb verb, IStateCodec<T> codec, T row)
    {
        writer.WriteArrayHeader(3);
        writer.Write(kind);
        writer.Write((int)verb);
        KeyValueFields.Write(ref writer, codec, row);
    }

    private static bool TryRead(ref MessagePackReader reader, out TransactionOperation? operation)
    {
        operation = null;
        if (!reader.TryReadArrayHeader(out int count) || !reader.TryReadInt32(out int kind))
        {
            return false;
        }

        return kind switch
        {
            KeyKind when count is 3 or 4 or 8 => TryReadKey(ref reader, count, out operation),
            FenceKind when count == 4 => TryReadFence(ref reader, out operation),
            NodeKind when count == 3 => TryReadRow(
                ref reader, CatalogState.NodeCodec, static (verb, row) => new NodeOperation(verb, row), out operation),
            ServiceKind when count == 3 => TryReadRow(
                ref reader, CatalogState.ServiceCodec, static (verb, row) => new ServiceOperation(verb, row), out operation),
            CheckKind when count == 3 => TryReadRow(
                ref reader, CatalogState.CheckCodec, static (verb, row) => new CheckOperation(verb, row), out operation),
            _ => false,
        };
    }

    private static bool TryReadKey(ref MessagePackReader reader, int count, out TransactionOperation? operation)
    {
        operation = null;
        byte[] value = [];
        if (!reader.TryReadInt32(out int verb)
            || verb is < 0 or > (int)KeyValueVerb.DeleteCas
            || !KeyValueFields.TryReadBytes(ref reader, out byte[] key)
            || (count > 3 && !KeyValueFields.TryReadBytes(ref reader, out value)))
        {
            return false;
        }

        bool isTree = (KeyValueVerb)verb is KeyValueVerb.GetTree or KeyValueVerb.DeleteTree;
        if (key.Length == 0 && !isTree)
        {
            return false;
        }

        var step = new KeyValueOperation((KeyValueVerb)verb, key) { Value = value };
        if (count == 8)
        {
            if (!reader.TryReadUInt64(out ulong flags)
                || !reader.TryReadUInt64(out ulong index)
                || !KeyValueFields.TryRead(ref reader, out Guid session)
                || !reader.TryReadInt64(out long timeToLive))
            {
                return false;
            }

            step = step with
            {
                Flags = flags,
                Index = index,
                Session = session,
                TimeToLive = timeToLive < 0 ? null : new TimeSpan(timeToLive),
            };
        }

        operation = step;
        return true;
    }

    private static bool TryReadFence(ref MessagePackReader reader, out TransactionOperation? operation)
    {
        bool isReadable = KeyValueFields.TryReadBytes(ref reader, out byte[] key)
            & KeyValueFields.TryRead(ref reader, out Guid lineage)
            & reader.TryReadUInt64(out ulong acquireIndex);
        operation = isReadable ? new FenceOperation(new LockFence(key, lineage, acquireIndex)) : null;
        return isReadable;
    }

    private static bool TryReadRow<T>(
        ref MessagePackReader reader,
        IStateCodec<T> codec,
        Func<CatalogVerb, T, TransactionOperation> create,
        out TransactionOperation? operation)
    {
        operation = null;
        if (!reader.TryReadInt32(out int verb)
            || verb is < 0 or > (int)CatalogVerb.DeleteCas
            || !KeyValueFields.TryRead(ref reader, codec, out T? row))
        {
            return false;
        }

        operation = create((CatalogVerb)verb, row!);
        return true;
    }
}
