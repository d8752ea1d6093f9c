using System.Buffers;
using Discovery.Wire;

namespace Discovery.Catalog;

/// <summary>A catalog answer: nothing for "ok", else a MessagePack array of status and subject.</summary>
internal sealed class CatalogWriteResultCodec : IStateCodec<CatalogWriteResult>
{
    public static readonly CatalogWriteResultCodec Instance = new();

    public void Write(CatalogWriteResult value, IBufferWriter<byte> output)
    {
        if (value.Status == CatalogWriteStatus.Ok)
        {
            return;
        }

        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(2);
        writer.Write((uint)value.Status);
        writer.Write(value.Subject);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, out CatalogWriteResult value)
    {
        value = CatalogWriteResult.Ok;
        if (input.IsEmpty)
        {
            return true;
        }

        var reader = new MessagePackReader(input);
        if (!CodecFields.TryBegin(ref reader, 2, out int extra)
            || !reader.TryReadByte(out byte status)
            || !CodecFields.TryReadText(ref reader, out string subject)
            || !CodecFields.TrySkip(ref reader, extra)
            || !reader.End)
        {
            return false;
        }

        value = new CatalogWriteResult((CatalogWriteStatus)status, subject);
        return true;
    }
}
