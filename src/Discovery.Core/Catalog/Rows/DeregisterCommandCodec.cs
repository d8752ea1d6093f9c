using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.Wire;

namespace Discovery.Catalog;

/// <summary>A deregistration as a MessagePack array: node, service id, check id, reason, owner, whether ownership is enforced.</summary>
internal sealed class DeregisterCommandCodec : IStateCodec<DeregisterCommand>
{
    public static readonly DeregisterCommandCodec Instance = new();
    private const int Fields = 6;

    public void Write(DeregisterCommand value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(Fields);
        writer.Write(value.Node);
        writer.Write(value.ServiceId);
        writer.Write(value.CheckId);
        writer.Write((uint)value.Reason);
        writer.Write(value.Owner);
        writer.Write(value.EnforceOwnership);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out DeregisterCommand value)
    {
        var reader = new MessagePackReader(input);
        value = null;
        if (!CodecFields.TryBegin(ref reader, Fields, out int extra)
            || !CodecFields.TryReadName(ref reader, out string node)
            || !CodecFields.TryReadKeyText(ref reader, out string serviceId)
            || !CodecFields.TryReadKeyText(ref reader, out string checkId)
            || !reader.TryReadUInt32(out uint reason)
            || !reader.TryReadString(out string? owner)
            || !reader.TryReadBoolean(out bool enforce)
            || !CodecFields.TrySkip(ref reader, extra)
            || !reader.End)
        {
            return false;
        }

        value = new DeregisterCommand
        {
            Node = node,
            ServiceId = serviceId,
            CheckId = checkId,
            Reason = (DepartureReason)reason,
            Owner = owner,
            EnforceOwnership = enforce,
        };
        return true;
    }
}
