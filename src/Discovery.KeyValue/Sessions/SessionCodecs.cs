using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.KeyValue;
using Discovery.Wire;

namespace Discovery.Sessions;

/// <summary>
/// A session as a MessagePack array: id, name, node, lock-delay and lease in ticks, behavior, time to live as text, guarded, create and
/// modify index, node checks, service checks or nil, other checks.
/// </summary>
internal sealed class SessionEntryCodec : IStateCodec<SessionEntry>
{
    public static readonly SessionEntryCodec Instance = new();
    private const int Fields = 13;

    public void Write(SessionEntry value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(Fields);
        KeyValueFields.Write(ref writer, value.Id);
        writer.Write(value.Name);
        writer.Write(value.Node);
        writer.Write(value.LockDelay.Ticks);
        writer.Write(value.Lease.Ticks);
        writer.Write((uint)value.Behavior);
        writer.Write(value.TimeToLive);
        writer.Write(value.IsGuarded);
        writer.Write(value.CreateIndex);
        writer.Write(value.ModifyIndex);
        KeyValueFields.Write(ref writer, value.NodeChecks);
        if (value.ServiceChecks is { } serviceChecks)
        {
            KeyValueFields.Write(ref writer, serviceChecks);
        }
        else
        {
            writer.WriteNil();
        }

        KeyValueFields.Write(ref writer, value.Checks);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out SessionEntry value)
    {
        value = null;
        var reader = new MessagePackReader(input);
        if (!reader.TryReadArrayHeader(out int count)
            || count != Fields
            || !KeyValueFields.TryRead(ref reader, out Guid id)
            || !KeyValueFields.TryReadText(ref reader, out string name)
            || !KeyValueFields.TryReadText(ref reader, out string node)
            || node.Contains('\0')
            || !reader.TryReadInt64(out long lockDelay)
            || lockDelay < 0
            || !reader.TryReadInt64(out long lease)
            || lease < 0
            || !reader.TryReadUInt32(out uint behavior)
            || behavior > (uint)SessionBehavior.Delete
            || !KeyValueFields.TryReadText(ref reader, out string timeToLive)
            || !reader.TryReadBoolean(out bool isGuarded)
            || !reader.TryReadUInt64(out ulong createIndex)
            || !reader.TryReadUInt64(out ulong modifyIndex)
            || !TryReadChecks(ref reader, out string[] nodeChecks))
        {
            return false;
        }

        string[]? serviceChecks = null;
        if (!reader.TryReadNil())
        {
            if (!TryReadChecks(ref reader, out serviceChecks))
            {
                return false;
            }
        }

        if (!TryReadChecks(ref reader, out string[] checks))
        {
            return false;
        }

        value = new SessionEntry
        {
            Id = id,
            Name = name,
            Node = node,
            LockDelay = new TimeSpan(lockDelay),
            Lease = new TimeSpan(lease),
            Behavior = (SessionBehavior)behavior,
            TimeToLive = timeToLive,
            IsGuarded = isGuarded,
            CreateIndex = createIndex,
            ModifyIndex = modifyIndex,
            NodeChecks = nodeChecks,
            ServiceChecks = serviceChecks,
            Checks = checks,
        };
        return reader.End;
    }

    private static bool TryReadChecks(ref MessagePackReader reader, out string[] checks) =>
        KeyValueFields.TryRead(ref reader, out checks) && !Array.Exists(checks, static check => check.Contains('\0'));
}

/// <summary>A link as a MessagePack array: node, check, session.</summary>
internal sealed class SessionLinkCodec : IStateCodec<SessionLink>
{
    public static readonly SessionLinkCodec Instance = new();

    public void Write(SessionLink value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(3);
        writer.Write(value.Node);
        writer.Write(value.Check);
        KeyValueFields.Write(ref writer, value.Session);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out SessionLink value)
    {
        value = null;
        var reader = new MessagePackReader(input);
        if (!reader.TryReadArrayHeader(out int count)
            || count != 3
            || !KeyValueFields.TryReadText(ref reader, out string node)
            || !KeyValueFields.TryReadText(ref reader, out string check)
            || node.Contains('\0')
            || check.Contains('\0')
            || !KeyValueFields.TryRead(ref reader, out Guid session))
        {
            return false;
        }

        value = new SessionLink(node, check, session);
        return reader.End;
    }
}

/// <summary>An epoch as its index.</summary>
internal sealed class LeaseEpochCodec : IStateCodec<LeaseEpoch>
{
    public static readonly LeaseEpochCodec Instance = new();

    public void Write(LeaseEpoch value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.Write(value.Index);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out LeaseEpoch value)
    {
        var reader = new MessagePackReader(input);
        bool isReadable = reader.TryReadUInt64(out ulong index) && reader.End;
        value = isReadable ? new LeaseEpoch(index) : null;
        return isReadable;
    }
}
