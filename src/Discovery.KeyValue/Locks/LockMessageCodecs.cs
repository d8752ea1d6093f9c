using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.KeyValue;
using Discovery.Wire;

namespace Discovery.Locks;

/// <summary>A request as a MessagePack array: key, session, value, limit, queued.</summary>
internal sealed class LockRequestCodec : IStateCodec<LockRequest>
{
    public static readonly LockRequestCodec Instance = new();

    public void Write(LockRequest value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(5);
        writer.Write(value.Key);
        KeyValueFields.Write(ref writer, value.Session);
        writer.Write(value.Value);
        writer.Write(value.Limit);
        writer.Write(value.IsQueued);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out LockRequest value)
    {
        value = null;
        var reader = new MessagePackReader(input);
        if (!reader.TryReadArrayHeader(out int count)
            || count != 5
            || !KeyValueFields.TryReadBytes(ref reader, out byte[] key)
            || key.Length == 0
            || !KeyValueFields.TryRead(ref reader, out Guid session)
            || !KeyValueFields.TryReadBytes(ref reader, out byte[] content)
            || !reader.TryReadInt32(out int limit)
            || limit < 0
            || (limit > 0 && !LockLayout.IsLockKey(key))
            || !reader.TryReadBoolean(out bool isQueued))
        {
            return false;
        }

        value = new LockRequest(key, session, content, limit, isQueued);
        return reader.End;
    }
}

/// <summary>An answer as a MessagePack array: status, index.</summary>
internal sealed class LockAnswerCodec : IStateCodec<LockAnswer>
{
    public static readonly LockAnswerCodec Instance = new();

    public void Write(LockAnswer value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(2);
        writer.Write((uint)value.Status);
        writer.Write(value.Index);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, out LockAnswer value)
    {
        value = default;
        var reader = new MessagePackReader(input);
        if (!reader.TryReadArrayHeader(out int count)
            || count != 2
            || !reader.TryReadByte(out byte status)
            || !reader.TryReadUInt64(out ulong index))
        {
            return false;
        }

        value = new LockAnswer((LockStatus)status, index);
        return reader.End;
    }
}
