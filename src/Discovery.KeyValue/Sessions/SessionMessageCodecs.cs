using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.KeyValue;
using Discovery.Wire;

namespace Discovery.Sessions;

/// <summary>An answer: nothing when created, else a MessagePack array of refusal and subject.</summary>
internal sealed class SessionResultCodec : IStateCodec<SessionResult>
{
    public static readonly SessionResultCodec Instance = new();

    public void Write(SessionResult value, IBufferWriter<byte> output)
    {
        if (value.Refusal == SessionRefusal.None)
        {
            return;
        }

        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(2);
        writer.Write((uint)value.Refusal);
        writer.Write(value.Subject);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, out SessionResult value)
    {
        value = SessionResult.Created;
        if (input.IsEmpty)
        {
            return true;
        }

        var reader = new MessagePackReader(input);
        if (!reader.TryReadArrayHeader(out int count)
            || count != 2
            || !reader.TryReadUInt32(out uint refusal)
            || !KeyValueFields.TryReadText(ref reader, out string subject))
        {
            return false;
        }

        value = new SessionResult((SessionRefusal)refusal, subject);
        return reader.End;
    }
}

/// <summary>A MessagePack array of session and end.</summary>
internal sealed class SessionDestructionCodec : IStateCodec<SessionDestruction>
{
    public static readonly SessionDestructionCodec Instance = new();

    public void Write(SessionDestruction value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(2);
        KeyValueFields.Write(ref writer, value.Session);
        writer.Write((uint)value.End);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out SessionDestruction value)
    {
        value = null;
        var reader = new MessagePackReader(input);
        if (!reader.TryReadArrayHeader(out int count)
            || count != 2
            || !KeyValueFields.TryRead(ref reader, out Guid session)
            || !reader.TryReadUInt32(out uint end)
            || end > (uint)SessionEnd.Released)
        {
            return false;
        }

        value = new SessionDestruction(session, (SessionEnd)end);
        return reader.End;
    }
}

/// <summary>A MessagePack array: epoch, then the sessions.</summary>
internal sealed class SessionExpiryCodec : IStateCodec<SessionExpiry>
{
    public static readonly SessionExpiryCodec Instance = new();

    public void Write(SessionExpiry value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(1 + value.Sessions.Count);
        writer.Write(value.Epoch);
        foreach (Guid session in value.Sessions)
        {
            KeyValueFields.Write(ref writer, session);
        }

        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out SessionExpiry value)
    {
        value = null;
        var reader = new MessagePackReader(input);
        if (!reader.TryReadArrayHeader(out int count) || count < 1 || !reader.TryReadUInt64(out ulong epoch))
        {
            return false;
        }

        var sessions = new Guid[count - 1];
        for (int i = 0; i < sessions.Length; i++)
        {
            if (!KeyValueFields.TryRead(ref reader, out sessions[i]))
            {
                return false;
            }
        }

        value = new SessionExpiry(epoch, sessions);
        return reader.End;
    }
}
