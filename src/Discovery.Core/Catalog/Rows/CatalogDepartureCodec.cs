using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.Wire;

namespace Discovery.Catalog;

/// <summary>A departure as a MessagePack array: service, node, service id, reason, index, wall time in UTC ticks.</summary>
internal sealed class CatalogDepartureCodec : IStateCodec<CatalogDeparture>
{
    public static readonly CatalogDepartureCodec Instance = new();
    private const int Fields = 6;

    public void Write(CatalogDeparture value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(Fields);
        writer.Write(value.Service);
        writer.Write(value.Node);
        writer.Write(value.ServiceId);
        writer.Write((uint)value.Reason);
        writer.Write(value.Index);
        writer.Write(value.WallTime.UtcTicks);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out CatalogDeparture value)
    {
        var reader = new MessagePackReader(input);
        value = null;
        if (!CodecFields.TryBegin(ref reader, Fields, out int extra)
            || !CodecFields.TryReadName(ref reader, out string service)
            || !CodecFields.TryReadName(ref reader, out string node)
            || !CodecFields.TryReadName(ref reader, out string serviceId)
            || !reader.TryReadUInt32(out uint reason)
            || !reader.TryReadUInt64(out ulong index)
            || !reader.TryReadInt64(out long ticks)
            || ticks < DateTimeOffset.MinValue.UtcTicks
            || ticks > DateTimeOffset.MaxValue.UtcTicks
            || !CodecFields.TrySkip(ref reader, extra)
            || !reader.End)
        {
            return false;
        }

        value = new CatalogDeparture(
            service, node, serviceId, (DepartureReason)reason, index, new DateTimeOffset(ticks, TimeSpan.Zero));
        return true;
    }
}
