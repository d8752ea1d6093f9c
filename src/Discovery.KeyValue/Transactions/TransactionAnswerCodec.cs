using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.KeyValue;
using Discovery.Wire;

namespace Discovery.Transactions;

/// <summary>
/// An answer: nothing when it is empty, else a MessagePack array of its items (place, kind, encoded row) and its failures (place,
/// refusal, index, session, catalog refusal or nil, subject).
/// </summary>
internal sealed class TransactionAnswerCodec : IStateCodec<TransactionAnswer>
{
    public static readonly TransactionAnswerCodec Instance = new();

    public void Write(TransactionAnswer value, IBufferWriter<byte> output)
    {
        if (value.Items.Count == 0 && value.Failures.Count == 0)
        {
            return;
        }

        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(2);
        writer.WriteArrayHeader(value.Items.Count);
        foreach (TransactionItem item in value.Items)
        {
            Write(ref writer, item);
        }

        writer.WriteArrayHeader(value.Failures.Count);
        foreach (TransactionFailure failure in value.Failures)
        {
            Write(ref writer, failure);
        }

        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out TransactionAnswer value)
    {
        value = TransactionAnswer.Empty;
        if (input.IsEmpty)
        {
            return true;
        }

        var reader = new MessagePackReader(input);
        if (!reader.TryReadArrayHeader(out int parts) || parts != 2 || !reader.TryReadArrayHeader(out int itemCount))
        {
            return false;
        }

        var items = new TransactionItem[itemCount];
        for (int i = 0; i < itemCount; i++)
        {
            if (!TryRead(ref reader, out items[i]!))
            {
                return false;
            }
        }

        if (!reader.TryReadArrayHeader(out int failureCount))
        {
            return false;
        }

        var failures = new TransactionFailure[failureCount];
        for (int i = 0; i < failureCount; i++)
        {
            if (!TryRead(ref reader, out failures[i]!))
            {
                return false;
            }
        }

        value = new TransactionAnswer(items, failures);
        return reader.End;
    }

    private static void Write(ref MessagePackWriter writer, TransactionItem item)
    {
        writer.WriteArrayHeader(3);
        writer.Write(item.Operation);
        switch (item)
        {
            case { Entry: { } entry }:
                writer.Write(0);
                KeyValueFields.Write(ref writer, KeyValueEntryCodec.Instance, entry);
                break;
            case { Node: { } node }:
                writer.Write(1);
                KeyValueFields.Write(ref writer, CatalogState.NodeCodec, node);
                break;
            case { Service: { } service }:
                writer.Write(2);
                KeyValueFields.Write(ref writer, CatalogState.ServiceCodec, service);
                break;
            default:
                writer.Write(3);
                KeyValueFields.Write(ref writer, CatalogState.CheckCodec, item.Check!);
                break;
        }
    }

    private static void Write(ref MessagePackWriter writer, TransactionFailure failure)
    {
        writer.WriteArrayHeader(6);
        writer.Write(failure.Operation);
        writer.Write((int)failure.Refusal);
        writer.Write(failure.CurrentIndex);
        KeyValueFields.Write(ref writer, failure.CurrentSession);
        writer.Write(failure.Catalog is { } catalog ? (int)catalog.Refusal : -1);
        writer.Write(failure.Catalog?.Subject ?? "");
    }

    private static bool TryRead(ref MessagePackReader reader, out TransactionItem? item)
    {
        item = null;
        if (!reader.TryReadArrayHeader(out int count)
            || count != 3
            || !reader.TryReadInt32(out int place)
            || !reader.TryReadInt32(out int kind))
        {
            return false;
        }

        var empty = new TransactionItem(place);
        switch (kind)
        {
            case 0 when KeyValueFields.TryRead(ref reader, KeyValueEntryCodec.Instance, out KeyValueEntry? entry):
                item = empty with { Entry = entry };
                return true;
            case 1 when KeyValueFields.TryRead(ref reader, CatalogState.NodeCodec, out CatalogNode? node):
                item = empty with { Node = node };
                return true;
            case 2 when KeyValueFields.TryRead(ref reader, CatalogState.ServiceCodec, out CatalogService? service):
                item = empty with { Service = service };
                return true;
            case 3 when KeyValueFields.TryRead(ref reader, CatalogState.CheckCodec, out CatalogCheck? check):
                item = empty with { Check = check };
                return true;
            default:
                return false;
        }
    }

    private static bool TryRead(ref MessagePackReader reader, out TransactionFailure? failure)
    {
        failure = null;
        if (!reader.TryReadArrayHeader(out int count)
            || count != 6
            || !reader.TryReadInt32(out int place)
            || !reader.TryReadInt32(out int refusal)
            || !reader.TryReadUInt64(out ulong index)
            || !KeyValueFields.TryRead(ref reader, out Guid session)
            || !reader.TryReadInt32(out int catalog)
            || !KeyValueFields.TryReadText(ref reader, out string subject))
        {
            return false;
        }

        failure = new TransactionFailure(place, (TransactionRefusal)refusal)
        {
            CurrentIndex = index,
            CurrentSession = session,
            Catalog = catalog < 0 ? null : new CatalogRefusedSubject((CatalogRefusal)catalog, subject),
        };
        return true;
    }
}
