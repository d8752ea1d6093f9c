using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.KeyValue;
using Discovery.Wire;

namespace Discovery.Locks;

/// <summary>A waiter as a MessagePack array: ticket, key, session, value, limit.</summary>
internal sealed class LockWaiterCodec : IStateCodec<LockWaiter>
{
    public static readonly LockWaiterCodec Instance = new();

    public void Write(LockWaiter value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(5);
        writer.Write(value.Ticket);
        writer.Write(value.Key);
        KeyValueFields.Write(ref writer, value.Session);
        writer.Write(value.Value);
        writer.Write(value.Limit);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out LockWaiter value)
    {
        value = null;
        var reader = new MessagePackReader(input);
        if (!reader.TryReadArrayHeader(out int count)
            || count != 5
            || !reader.TryReadUInt64(out ulong ticket)
            || !KeyValueFields.TryReadBytes(ref reader, out byte[] key)
            || !KeyValueFields.TryRead(ref reader, out Guid session)
            || !KeyValueFields.TryReadBytes(ref reader, out byte[] content)
            || !reader.TryReadInt32(out int limit))
        {
            return false;
        }

        value = new LockWaiter(ticket, key, session, content, limit);
        return reader.End;
    }
}

/// <summary>A delay as a MessagePack array: key, ticks.</summary>
internal sealed class LockDelayEntryCodec : IStateCodec<LockDelayEntry>
{
    public static readonly LockDelayEntryCodec Instance = new();

    public void Write(LockDelayEntry value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(2);
        writer.Write(value.Key);
        writer.Write(value.NotBefore.Ticks);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out LockDelayEntry value)
    {
        value = null;
        var reader = new MessagePackReader(input);
        if (!reader.TryReadArrayHeader(out int count)
            || count != 2
            || !KeyValueFields.TryReadBytes(ref reader, out byte[] key)
            || key.Length == 0
            || !reader.TryReadInt64(out long notBefore))
        {
            return false;
        }

        value = new LockDelayEntry(key, new TimeSpan(notBefore));
        return reader.End;
    }
}
