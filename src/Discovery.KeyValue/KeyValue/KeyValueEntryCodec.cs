using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.Wire;

namespace Discovery.KeyValue;

/// <summary>
/// An entry as a MessagePack array: key, value, flags, create index, modify index; and, when it has traits, lock index, session, acquire
/// index and expiry in ticks.
/// </summary>
internal sealed class KeyValueEntryCodec : IStateCodec<KeyValueEntry>
{
    public static readonly KeyValueEntryCodec Instance = new();
    private const int PlainFields = 5;
    private const int AllFields = 9;

    public void Write(KeyValueEntry value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        bool isPlain = ReferenceEquals(value.Traits, KeyValueTraits.None);
        writer.WriteArrayHeader(isPlain ? PlainFields : AllFields);
        writer.Write(value.KeyArray);
        writer.Write(value.ValueArray);
        writer.Write(value.Flags);
        writer.Write(value.CreateIndex);
        writer.Write(value.ModifyIndex);
        if (!isPlain)
        {
            writer.Write(value.LockIndex);
            KeyValueFields.Write(ref writer, value.Session);
            writer.Write(value.AcquireIndex);
            writer.Write(value.Traits.ExpiresAt.Ticks);
        }

        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out KeyValueEntry value)
    {
        value = null;
        var reader = new MessagePackReader(input);
        if (!reader.TryReadArrayHeader(out int count)
            || count is not (PlainFields or AllFields)
            || !reader.TryReadBytes(out ReadOnlySpan<byte> key)
            || key.IsEmpty
            || !reader.TryReadBytes(out ReadOnlySpan<byte> content)
            || !reader.TryReadUInt64(out ulong flags)
            || !reader.TryReadUInt64(out ulong createIndex)
            || !reader.TryReadUInt64(out ulong modifyIndex))
        {
            return false;
        }

        KeyValueTraits traits = KeyValueTraits.None;
        if (count == AllFields)
        {
            if (!reader.TryReadUInt64(out ulong lockIndex)
                || !KeyValueFields.TryRead(ref reader, out Guid session)
                || !reader.TryReadUInt64(out ulong acquireIndex)
                || !reader.TryReadInt64(out long expiresAt))
            {
                return false;
            }

            traits = new KeyValueTraits(lockIndex, session, acquireIndex, new TimeSpan(expiresAt));
        }

        byte[] valueBytes = content.IsEmpty ? [] : content.ToArray();
        value = new KeyValueEntry(key.ToArray(), valueBytes, flags, createIndex, modifyIndex, traits);
        return reader.End;
    }
}
