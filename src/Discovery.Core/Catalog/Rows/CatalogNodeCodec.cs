using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.Wire;

namespace Discovery.Catalog;

/// <summary>A node as a MessagePack array: name, id, address, datacenter, tagged addresses, meta, owner, create and modify index.</summary>
internal sealed class CatalogNodeCodec : IStateCodec<CatalogNode>
{
    public static readonly CatalogNodeCodec Instance = new();
    private const int Fields = 9;

    public void Write(CatalogNode value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        Write(ref writer, value);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out CatalogNode value)
    {
        var reader = new MessagePackReader(input);
        return TryRead(ref reader, out value) && reader.End;
    }

    public static void Write(ref MessagePackWriter writer, CatalogNode value)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(value.Name);
        CodecFields.Write(ref writer, value.Id);
        writer.Write(value.Address);
        writer.Write(value.Datacenter);
        CodecFields.Write(ref writer, value.TaggedAddresses);
        CodecFields.Write(ref writer, value.Meta);
        writer.Write(value.Owner);
        writer.Write(value.CreateIndex);
        writer.Write(value.ModifyIndex);
    }

    public static bool TryRead(ref MessagePackReader reader, [MaybeNullWhen(false)] out CatalogNode value)
    {
        value = null;
        if (!CodecFields.TryBegin(ref reader, Fields, out int extra)
            || !CodecFields.TryReadName(ref reader, out string name)
            || !CodecFields.TryRead(ref reader, out Guid id)
            || !CodecFields.TryReadText(ref reader, out string address)
            || !CodecFields.TryReadRepeated(ref reader, out string datacenter)
            || !CodecFields.TryRead(ref reader, out StringMap tagged)
            || !CodecFields.TryRead(ref reader, out StringMap meta)
            || !CodecFields.TryReadOwner(ref reader, name, out string? owner)
            || !reader.TryReadUInt64(out ulong createIndex)
            || !reader.TryReadUInt64(out ulong modifyIndex)
            || !CodecFields.TrySkip(ref reader, extra))
        {
            return false;
        }

        value = new CatalogNode
        {
            Name = name,
            Id = id,
            Address = address,
            Datacenter = datacenter,
            TaggedAddresses = tagged,
            Meta = meta,
            Owner = owner,
            CreateIndex = createIndex,
            ModifyIndex = modifyIndex,
        };
        return true;
    }
}
